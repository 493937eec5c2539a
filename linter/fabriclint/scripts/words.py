"""Words that speak for training or for serving, matched as whole tokens only.

`reserved`, `minimum`, `server`, `terraform`, `constraint` and `trainium` hold such words and never match.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fabriclint.patterns import late

_TRAINING = (
    "train training trainer trainers trainjob trainingjob pretrain pretraining pre-train pre-training "
    "finetune finetuning finetuner fine-tune fine-tuning rlhf "
    "fsdp fsdp2 ddp smddp deepspeed megatron megatronlm nemo horovod horovodrun colossalai axolotl torchtitan "
    "nccl-test nccl-tests all-reduce-perf mpirun mpiexec torchrun torch-distributed-run torch-distributed-launch "
    "accelerate-launch distributeddataparallel pytorchjob pytorchjobs pytorch-job tfjob mpijob mpijobs mpi-job "
    "hyperpodpytorchjob hyperpod-pytorch-job paddlejob elasticjob"
)
_SERVING = (
    "inference inferencing infer serve serving triton tritonserver vllm nim nims tgi torchserve kserve rayserve "
    "rayservice inferenceservice nimservice sglang lmdeploy ollama"
)

# Names that mix cases in a way of their own; everything else is split where a capital begins a word.
_OWN_CASE = "vLLM|PyTorch|DeepSpeed|NeMo|TorchServe|KServe|SGLang|LMDeploy|FineTun(?:e|ing)|PreTrain(?:ing)?|[A-Z]+s(?![a-z])"
_TOKEN = late(r"[A-Za-z0-9]+")
_PIECE = late(rf"{_OWN_CASE}|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# CamelCase as people write names; a run of base64 is not.
_CAMEL = late(r"(?:[a-z]+|v)?(?:[A-Z][a-z]+|[A-Z]{2,5})+[0-9]{0,4}")
_LONGEST_NAME = 80


def _phrases(words: str) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Phrases by their first token, longest first."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for word in words.split():
        parts = tuple(word.split("-"))
        found.setdefault(parts[0], []).append((parts, word))
    return {first: tuple(sorted(each, key=lambda one: -len(one[0]))) for first, each in found.items()}


_TRAINING_PHRASES = _phrases(_TRAINING)
_SERVING_PHRASES = _phrases(_SERVING)

_WORDS = frozenset(word for word in f"{_TRAINING} {_SERVING}".split() if "-" not in word)

INTEREST = "|".join(sorted({*_TRAINING_PHRASES, *_SERVING_PHRASES}))
"""A regular expression that finds the first token of every phrase (it may match more: it is a cheap first look)."""


def tokens(text: str) -> Iterator[str]:
    """The whole tokens of a text, lower-case: runs of letters and digits between anything else."""
    return (token.lower() for token in _TOKEN.findall(text))


def training_words(texts: str | Iterable[str]) -> tuple[str, ...]:
    """The words that speak for training, in order of appearance, each once."""
    return _found(texts, _TRAINING_PHRASES)


def serving_words(texts: str | Iterable[str]) -> tuple[str, ...]:
    """The words that speak for serving, in order of appearance, each once."""
    return _found(texts, _SERVING_PHRASES)


def _found(
    texts: str | Iterable[str], phrases: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in (texts,) if isinstance(texts, str) else texts:
        run = _split(text)
        at = 0
        while at < len(run):
            for parts, word in phrases.get(run[at], ()):
                if tuple(run[at : at + len(parts)]) == parts:
                    found[word] = None
                    at += len(parts) - 1
                    break
            at += 1
    return tuple(found)


def _split(text: str) -> list[str]:
    """The tokens of a text; CamelCase names give their words as well, and a number at the end is cut off."""
    result: list[str] = []
    for token in _TOKEN.findall(text):
        whole = token.lower()
        result.append(whole)
        bare = whole.rstrip("0123456789")
        if bare and bare != whole:
            result[-1] = bare if whole not in _WORDS else whole
        if result[-1] in _WORDS:
            continue
        if (
            len(token) <= _LONGEST_NAME
            and not token.islower()
            and not token.isupper()
            and _CAMEL.fullmatch(token)
        ):
            pieces = [piece.lower() for piece in _PIECE.findall(token)]
            if len(pieces) > 1:
                result.extend(pieces)
    return result
