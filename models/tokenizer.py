"""The e5 tokenizer, rebuilt with the `tokenizers` library from the pieces and the map of the data file."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from tabayyun.models.e5_file import E5File

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_METASPACE = "\u2581"
_SHADDA = "\u0651"
_STAND_IN = "\ue000"


def build(source: E5File) -> Tokenizer:
    """Return the tokenizer of the file: SentencePiece Unigram, `<s>` and `</s>` around a text.

    The file's map is Unicode NFKC but for some characters (control characters vanish, separators and zero-width
    characters become spaces); those are replaced first, NFKC does the rest. NFKC also moves an Arabic shadda behind its
    vowel, which the map does not: a private-use character without a combining class stands in for it.
    `scripts/prove_encoder.py` compares the ids with those of the reference `tokenizer.json` of the model.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    replacements: dict[str, str] = {
        char: text for char, text in source.normalisation.items() if unicodedata.normalize("NFKC", char) != text
    }
    steps: list[Any] = [normalizers.Replace(char, text) for char, text in replacements.items()]
    steps += [normalizers.Replace(_SHADDA, _STAND_IN), normalizers.NFKC(), normalizers.Replace(_STAND_IN, _SHADDA)]
    steps.append(normalizers.Replace(Regex(" {2,}"), " "))
    tokenizer = Tokenizer(models.Unigram(source.pieces, unk_id=source.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(steps)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_METASPACE, prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement=_METASPACE, prepend_scheme="always")
    begin, end = source.pieces[source.bos][0], source.pieces[source.eos][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} {end} $B:1 {end}:1",
        special_tokens=[(begin, source.bos), (end, source.eos)],
    )
    tokenizer.add_special_tokens([source.pieces[i][0] for i in (source.bos, source.pad, source.eos, source.unk)])
    return tokenizer
