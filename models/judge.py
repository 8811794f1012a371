"""Judges: our own classifier, and any Hub model with the three NLI labels, behind one batch method."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, cast

from tabayyun.models.base import NLI_LABELS, Scores
from tabayyun.models.errors import ModelFileError, ModelNotFoundError
from tabayyun.models.quiet import quiet_libraries
from tabayyun.models.text import normalise

if TYPE_CHECKING:
    import torch

    from tabayyun.models.pair_classifier import PairClassifier

Precision = Literal["auto", "fp32", "bf16"]
SHIPPED_FOLDER = Path(__file__).parent / "weights"
BATCH = 32


class ShippedJudge:
    """Our own judge; `temperature` divides its logits (Guo et al. 2017, "On Calibration of Modern Neural Networks")."""

    def __init__(
        self,
        name: str,
        model: PairClassifier,
        max_tokens: int,
        temperature: float = 1.0,
        *,
        reads_dates: bool = False,
    ) -> None:
        from tabayyun.models import encoder

        self.name = name
        self.model = model
        self.temperature = temperature
        self.reads_dates = reads_dates
        self._tokenizer = encoder.load_tokenizer(max_tokens)

    @classmethod
    def from_pretrained(cls, folder: Path, precision: Precision = "auto") -> Self:
        """Load the judge in `folder` (its `config.json`, its weights, and the word embeddings of the encoder).

        `precision` is that of the encoder; "auto" takes what this machine computes fastest.

        Raises:
            ModelNotFoundError: there is no judge in the folder.
            ModelFileError: its weights are damaged or do not fit.
        """
        import torch

        from tabayyun.models import pair_classifier

        if not (folder / pair_classifier.CONFIG_FILE).is_file():
            raise ModelNotFoundError(
                f"There is no judge in {folder}. Install tabayyun again, or train one: tabayyun train."
            )
        model, config = pair_classifier.load(folder)
        _check_labels(list(model.id2label.values()), str(folder))
        if (fastest_precision() if precision == "auto" else precision) == "bf16":
            model.bert.to(torch.bfloat16)
        name = str(config.get("name", folder.name))
        return cls(
            name,
            model,
            int(config["max_tokens"]),
            float(config["temperature"]),
            reads_dates=bool(config["reads_dates"]),
        )

    @property
    def key(self) -> str:
        """What its scores are kept under: judges of one name may differ in weights or temperature."""
        return f"{self.name} {_weights_digest(self.model.own_state())} {self.temperature}"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        """Return one `Scores` per (premise, hypothesis), in the same order."""
        from tabayyun.models import bert

        clean = [(normalise(premise), normalise(hypothesis)) for premise, hypothesis in pairs]
        encodings = self._tokenizer.encode_batch(clean)

        def logits(batch: list[int]) -> torch.Tensor:
            return cast("torch.Tensor", self.model(*bert.collate([encodings[i] for i in batch])))

        lengths = [len(e.ids) for e in encodings]
        return _scores(lengths, logits, self.model.id2label, self.temperature)


class HubJudge:
    """Any sequence-classification model with the labels entailment, neutral and contradiction, in any order."""

    def __init__(self, name: str, model: Any, tokenizer: Any, id2label: dict[int, str]) -> None:
        self.name = name
        self.model = model
        self.tokenizer = tokenizer
        self.id2label = id2label

    @property
    def key(self) -> str:
        """What its scores are kept under: a folder may get other weights."""
        return f"{self.name} {_weights_digest(self.model.state_dict())}"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        """Return one `Scores` per (premise, hypothesis), in the same order."""
        clean = [(normalise(premise), normalise(hypothesis)) for premise, hypothesis in pairs]

        def logits(batch: list[int]) -> torch.Tensor:
            inputs = self.tokenizer(
                [clean[i][0] for i in batch],
                [clean[i][1] for i in batch],
                truncation="longest_first",
                max_length=min(256, self.tokenizer.model_max_length),
                padding=True,
                return_tensors="pt",
            )
            return cast("torch.Tensor", self.model(**inputs).logits)

        lengths = [len(premise) + len(hypothesis) for premise, hypothesis in clean]
        return _scores(lengths, logits, self.id2label, 1.0)


def fastest_precision() -> Precision:
    """Return "bf16" where the processor computes in it (AMX, AVX-512 BF16), else "fp32".

    Elsewhere bf16 is emulated, a hundred times slower. Labels in bf16 equal those in fp32 on 415 of 418 dev and
    953 of 957 test pairs (by rounding, as benchmarks/judge_speed.py does); int8 changed a third of them.
    """
    import torch

    known: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    return "bf16" if known.get("amx_bf16") or known.get("avx512_bf16") else "fp32"


def from_pretrained(source: str, precision: Precision = "auto") -> ShippedJudge | HubJudge:
    """Load a judge from a folder (ours or a transformers one) or the Hub; a Hub judge computes as it was stored.

    Raises:
        ModelNotFoundError: it is not there and cannot be fetched.
        ModelFileError: it is no NLI model with three labels.
    """
    from safetensors import SafetensorError

    from tabayyun.models import pair_classifier

    folder = Path(source)
    if (folder / pair_classifier.CONFIG_FILE).is_file() and pair_classifier.read_config(folder).get("architecture"):
        return ShippedJudge.from_pretrained(folder, precision)
    with quiet_libraries():
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        try:
            local = folder.is_dir()
            safe = {"local_files_only": local, "trust_remote_code": False}
            tokenizer = AutoTokenizer.from_pretrained(source, **safe)
            model = AutoModelForSequenceClassification.from_pretrained(source, use_safetensors=True, **safe)
        except (OSError, ValueError, SafetensorError) as error:
            first = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ModelNotFoundError(
                f"The judge {source} cannot be loaded: {first}. "
                "Check the name and the network, or leave --judge away to use the shipped one."
            ) from error
    id2label = {int(i): str(label).lower() for i, label in model.config.id2label.items()}
    _check_labels(list(id2label.values()), source)
    return HubJudge(source, model.eval(), tokenizer, id2label)


def _weights_digest(state: Mapping[str, torch.Tensor]) -> str:
    """Eight digits of the SHA-256 of the weights as they compute (in bf16 other ones than in fp32)."""
    import torch

    digest = hashlib.sha256()
    for name, tensor in state.items():
        digest.update(name.encode())
        digest.update(tensor.contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()[:8]


def _check_labels(labels: list[str], source: str) -> None:
    if sorted(labels) != sorted(NLI_LABELS):
        raise ModelFileError(
            f"{source} is no NLI judge: its labels are {', '.join(labels)}; {', '.join(NLI_LABELS)} are needed. "
            "Choose a model trained on NLI (its id2label names them)."
        )


def _scores(
    lengths: Sequence[int], logits: Callable[[list[int]], torch.Tensor], id2label: dict[int, str], temperature: float
) -> list[Scores]:
    """Run `logits` over batches of like length and return scores in the order of the input."""
    import torch

    found: list[Scores | None] = [None] * len(lengths)
    order = sorted(range(len(lengths)), key=lambda i: lengths[i])
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        with torch.inference_mode():
            probabilities = torch.softmax(logits(batch).float() / temperature, dim=1).tolist()
        for i, row in zip(batch, probabilities, strict=True):
            named = {id2label[column]: value for column, value in enumerate(row)}
            total = math.fsum(named.values())
            found[i] = Scores(**{label: named[label] / total for label in NLI_LABELS})
    return [scores for scores in found if scores is not None]
