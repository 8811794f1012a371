"""Fuzzes reading and claims with atheris (libFuzzer) and prints executions, coverage and findings.

python -m scripts.fuzz [ingest claims] [--seconds 900] (needs: pip install 'tabayyun[fuzz]')

Each target runs in a process of its own, on one thread. Allowed are an article with claims of which everything holds
that must (`tests/invariants.py`), and the errors that tell the user what to do; anything else is a finding, as is an
input that takes longer than `SLOW` seconds. Findings are kept in `runs/fuzz/`, one file for each place in the code.
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import re
import resource
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["tabayyun"]):
    from tabayyun import Article, InputError, ingest
    from tabayyun.article import LANGUAGES
    from tabayyun.configs import table
    from tests import invariants

ROOT = Path(__file__).parent.parent
RUNS = ROOT / "runs" / "fuzz"
SLOW, LONGEST = 5.0, 800
DATES = (None, *map(datetime.date, (2015, 1900, 2100), (10, 1, 12), (14, 1, 31)))
LETTERS = ' ،.؛:"«»“”()[]-–—/\n\u0640\u064e\u0661\u06f5²ıİſK\u2028\u202e\u00a0\x1c\U0001f600'
SAID = {
    "en": 'The minister said on Tuesday that at least 40 people were killed, but "no deal was signed" three days ago.',
    "fr": "Le ministre a déclaré mardi que quatre-vingts personnes ont été tuées, mais aucun accord n'a été signé.",
    "ru": "Министр заявил во вторник, что погибли не менее 40 человек, однако соглашение не подписано.",
    "tr": "Bakan salı günü en az 40 kişinin öldüğünü söyledi, ancak anlaşma üç gün önce imzalanmadı.",
    "fa": "وزیر روز سه‌شنبه گفت که دست‌کم ۴۰ نفر کشته شدند، اما توافق امضا نشد.",
    "he": "השר אמר ביום שלישי כי לפחות 40 בני אדם נהרגו, אך ההסכם לא נחתם לפני שלושה ימים.",
}
NUMBERS = ("0", "1", "999999999999", "9" * 400, "31/12/9999", "1.200.000", "٤٫٥", "2016-02-30", "12:30", "5+1")


def _strings(content: object) -> Iterator[str]:
    """The words of a table, and of its keys those that are no names of ours."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        yield from (key for key in content if not key.isascii())
        yield from (word for value in content.values() for word in _strings(value))
    elif isinstance(content, list):
        yield from (word for value in content for word in _strings(value))


def cues(languages: tuple[str, ...] = LANGUAGES) -> list[str]:
    """The cue words of all tables of these languages."""
    tables = [table(f"{folder}/{code}") for folder in ("cues", "frames", "numbers", "times") for code in languages]
    return sorted({word for found in tables for word in _strings(found)})


def read(data: bytes) -> None:
    """Read bytes as a file, of the kind that the first byte tells."""
    suffix = ingest.SUFFIXES[data[0] % len(ingest.SUFFIXES)]
    invariants.of_article(ingest.from_fields(ingest.fields(data[1:], "file", suffix), "file"))


def claim(data: bytes) -> None:
    """Read claims in the language of the first byte, published on the day of the second, and compare them."""
    text, day = data[2:].decode("utf-8", "replace"), DATES[data[1] % len(DATES)]
    article = Article.from_text(text, language=LANGUAGES[data[0] % len(LANGUAGES)], published=day)
    invariants.of_article(article)
    invariants.of_pairs(invariants.of_claims(article)[:20])


TARGETS: dict[str, Callable[[bytes], None]] = {"ingest": read, "claims": claim}


def seeds(target: str) -> list[bytes]:
    """The examples in each form that the target reads."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").glob("*.txt"))]
    if target == "claims":
        said = [(0, line) for text in texts for line in text.splitlines() if line.strip()]
        said += [(LANGUAGES.index(code), text) for code, text in SAID.items()]
        return [bytes((language, 1)) + line.encode()[:LONGEST] for language, line in said]
    paragraphs = "".join(f"<p>{line}</p>" for line in texts[0].splitlines())
    page = (
        f'<html><head><meta property="og:title" content="x"></head><body><article>{paragraphs}</article></body></html>'
    )
    made = {
        ".txt": texts[0].encode(),
        ".md": texts[1].encode("cp1256", "replace"),
        ".text": texts[0].encode("utf-16"),
        ".html": page.encode(),
        ".xhtml": page.replace("<head>", '<head><meta charset="windows-1256">').encode("cp1256", "replace"),
        ".json": json.dumps({"text": texts[0][:900], "published": "2016-02-03", "url": "https://x.org/"}).encode(),
        ".jsonl": json.dumps({"text": texts[1][:900], "outlet": "و", "id": None}, ensure_ascii=False).encode(),
        ".pdf": (ROOT / "tests" / "data" / "port-strike-a.pdf").read_bytes(),
    }
    return [bytes([ingest.SUFFIXES.index(suffix)]) + data for suffix, data in made.items()]


def mutator(words: list[str]) -> Callable[[bytes, int, int], bytes]:
    """Return what changes an input: cue words and odd characters put between its words, else libFuzzer's own ways."""

    def mutate(data: bytes, longest: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.3:
            return bytes(atheris.Mutate(data, longest))
        head, parts = data[:2], data[2:].decode("utf-8", "replace").split(" ")
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(parts) + 1)
            pool = chance.choice((words, words, words, LETTERS, NUMBERS))
            if chance.random() < 0.3:
                del parts[at : at + chance.randint(1, 12)]
            elif chance.random() < 0.1:
                parts[at:at] = [chance.choice((" ".join(parts[at : at + 3]), chance.choice(pool)))] * 50
            elif chance.random() < 0.2:
                parts[at:at] = parts[chance.randrange(len(parts) + 1) :][:12]
            else:
                parts.insert(at, chance.choice(pool) + chance.choice(("", "", chance.choice(LETTERS))))
        return (head + " ".join(parts).encode())[:longest]

    return mutate


def fuzz(target: str, seconds: int, seed: int) -> None:
    """Run one target in this process; it ends when libFuzzer has had its time."""
    kept, corpus, findings = RUNS / target, RUNS / f"{target}-corpus", set[str]()
    for folder in (kept, corpus):
        folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(target)):
        (corpus / f"seed-{number}").write_bytes(data)

    def one(data: bytes) -> None:
        began = time.process_time()
        try:
            if len(data) > 2:
                TARGETS[target](data)
        except InputError:
            pass
        except BaseException as error:  # a panic of a library is no Exception
            if isinstance(error, KeyboardInterrupt):
                raise
            note(data, error)
        if time.process_time() - began > SLOW:
            note(data, TimeoutError(f"{time.process_time() - began:.1f} s"))

    def note(data: bytes, error: BaseException) -> None:
        places = [f"{Path(f.filename).name}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)]
        name = re.sub(r"[^\w.:-]", "_", f"{type(error).__name__} {places[-1]}" if places else type(error).__name__)
        if name not in findings:
            findings.add(name)
            (kept / name).write_bytes(data)
            print(f"FINDING {name}: {str(error)[:200]} <- {' < '.join(places[-4:][::-1])}", flush=True)

    dictionary = RUNS / f"{target}.dict"
    markup = ["<p>", "<article>", "charset=", "<?xml", "%PDF-", "endobj", "stream", '"text":', "\\ud800", "NaN", "[[[["]
    escaped = ["".join(f"\\x{byte:02x}" for byte in word.encode()) for word in markup + cues(("ar",))[:400]]
    dictionary.write_text("".join(f'"{word}"\n' for word in escaped), encoding="ascii")
    longest = max(LONGEST, *(len(data) for data in seeds(target)))
    options = [f"-max_total_time={seconds}", f"-seed={seed}", f"-max_len={longest}", f"-dict={dictionary}"]
    options += ["-timeout=60", "-rss_limit_mb=4096", "-print_final_stats=1", f"-artifact_prefix={kept}/"]
    ways = {"custom_mutator": mutator(cues())} if target == "claims" else {}
    atheris.Setup([sys.argv[0], *options, str(corpus)], one, **ways)
    atheris.Fuzz()


def _worked() -> float:
    """The seconds that the processes started so far computed."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], default=list(TARGETS))
    parser.add_argument("--seconds", type=int, default=900, help="for each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        fuzz(given.targets[0], given.seconds, given.seed)
        return 0
    failed = False
    for target in given.targets:
        began, worked = time.monotonic(), _worked()
        order = [sys.executable, "-m", "scripts.fuzz", target, "--here"]
        order += [f"--seconds={given.seconds}", f"--seed={given.seed}"]
        done = subprocess.run(order, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        said = done.stdout.decode("utf-8", "replace")
        (RUNS / f"{target}.log").write_text(said, encoding="utf-8")
        runs, found = re.findall(r"executed_units: *(\d+)", said), re.findall(r"^FINDING .*", said, re.M)
        covered, crashed = re.findall(r"cov: (\d+) ft: (\d+)", said), bool(done.returncode)
        wall, core = time.monotonic() - began, _worked() - worked
        edges, features = covered[-1] if covered else ("?", "?")
        print(
            f"{target}: {runs[-1] if runs else '?'} executions in {wall:.0f} s ({core:.0f} s of one core), "
            f"coverage {edges} edges, {features} features, {len(found) + crashed} findings"
        )
        print("\n".join([*found, *said.splitlines()[-20:] * crashed]))
        failed |= bool(found) or crashed
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
