"""Pairs per second of the judge in each precision, beside a plain transformers pipeline of the same size.

    python benchmarks/judge_speed.py [--pairs 200] [--bf16]

All in one run on the same news-length pairs, best of two passes each, on two threads. bf16 is left out where the
processor would emulate it (hours), unless asked for; its labels are then compared on weights and activations rounded
to bf16.
"""

from __future__ import annotations

import argparse
import copy
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from tabayyun.eval.labelled import read_pairs
from tabayyun.models import encoder
from tabayyun.models.judge import SHIPPED_FOLDER, ShippedJudge, fastest_precision
from tabayyun.models.quiet import quiet_libraries

PAIRS = Path(__file__).parent.parent / "eval/data/pairs/dev.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--bf16", action="store_true", help="measure bf16 even where it is emulated")
    options = parser.parse_args()
    torch.set_num_threads(2)
    pairs = [(row["a"], row["b"]) for row in read_pairs(PAIRS)][: options.pairs]
    with quiet_libraries():
        pipeline = plain_pipeline()
    inputs = [{"text": a, "text_pair": b} for a, b in pairs]
    began = time.perf_counter()
    judge = ShippedJudge.from_pretrained(SHIPPED_FOLDER, "fp32")
    print(f"loaded in {time.perf_counter() - began:.2f} s; fastest here: {fastest_precision()}")
    plain = seconds(lambda: pipeline(inputs))
    rows = {"plain pipeline": plain, "plain pipeline, batches of 32": seconds(lambda: pipeline(inputs, batch_size=32))}
    rows["tabayyun fp32"] = seconds(lambda: judge.judge(pairs))
    labels = [s.label for s in judge.judge(pairs)]
    if options.bf16 or fastest_precision() == "bf16":
        half = ShippedJudge.from_pretrained(SHIPPED_FOLDER, "bf16")
        rows["tabayyun bf16"] = seconds(lambda: half.judge(pairs))
        found = [s.label for s in half.judge(pairs)]
    else:
        found = [s.label for s in rounded(judge).judge(pairs)]
    for name, spent in rows.items():
        print(f"{name:32} {len(pairs) / spent:7.1f} pairs/s  {plain / spent:5.2f} x plain")
    same = sum(a == b for a, b in zip(labels, found, strict=True))
    print(f"labels in bf16 equal to fp32: {same} of {len(labels)} ({same / len(labels):.2%})")


def seconds(work: Callable[[], Any]) -> float:
    times = []
    for _ in range(2):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def plain_pipeline() -> Any:
    """What a user would write: the same encoder as a sequence classifier in a text-classification pipeline."""
    from transformers import BertForSequenceClassification, PreTrainedTokenizerFast, pipeline

    model = BertForSequenceClassification.from_pretrained(encoder.folder(), num_labels=3).eval()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=encoder.load_tokenizer(), pad_token="<pad>", model_max_length=512
    )
    return pipeline("text-classification", model=model, tokenizer=tokenizer)


def rounded(judge: ShippedJudge) -> ShippedJudge:
    """A copy whose encoder rounds its weights and the result of every layer to bf16, as a processor with bf16 does."""
    twin = copy.copy(judge)
    twin.model = copy.deepcopy(judge.model)
    for parameter in twin.model.bert.parameters():
        parameter.data = parameter.data.bfloat16().float()
    for module in twin.model.bert.modules():
        if isinstance(module, torch.nn.Linear | torch.nn.LayerNorm | torch.nn.Embedding):
            module.register_forward_hook(lambda _module, _inputs, output: output.bfloat16().float())
    return twin


if __name__ == "__main__":
    main()
