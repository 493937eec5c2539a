"""Words count as whole tokens only."""

from __future__ import annotations

import pytest

from fabriclint.scripts import serving_words, training_words


@pytest.mark.parametrize(
    "text",
    ["reserved", "minimum", "server", "terraform", "constraint", "trainium", "trainium2", "trn1-nodes", "inf2",
     "serverless", "restrained", "observer", "strain", "retrained", "nimbus", "preserve", "deserve", "TerraformState"],
)  # fmt: skip
def test_parts_of_other_words_never_count(text: str) -> None:
    assert training_words(text) == ()
    assert serving_words(text) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("llm-training-nodes", ("training",)),
        ("gpu_train_asg", ("train",)),
        ("TrainingNodeGroup", ("training",)),
        ("GpuTrainCluster2", ("train",)),
        ("train1", ("train",)),
        ("torchrun --nnodes 4 fsdp/train.py", ("torchrun", "fsdp", "train")),
        ("python -m torch.distributed.run x.py", ("torch-distributed-run",)),
        ("/opt/nccl-tests/build/all_reduce_perf", ("nccl-tests", "all-reduce-perf")),
        ("kind: PyTorchJob", ("pytorchjob",)),
        ("MPIJob", ("mpijob",)),
        ("fine-tuning", ("fine-tuning",)),
        ("finetune", ("finetune",)),
        ("FineTuningQueue", ("finetuning",)),
        ("pre-training", ("pre-training",)),
        ("accelerate launch x.py", ("accelerate-launch",)),
        ("mpirun mpirun", ("mpirun",)),
    ],
)
def test_training_words(text: str, words: tuple[str, ...]) -> None:
    assert training_words(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("vllm-nodes", ("vllm",)),
        ("vLLMDeployment", ("vllm",)),
        ("triton-server", ("triton",)),
        ("InferenceGroup", ("inference",)),
        ("model_serving", ("serving",)),
        ("ray serve", ("serve",)),
        ("tgi", ("tgi",)),
        ("NIM", ("nim",)),
    ],
)
def test_serving_words(text: str, words: tuple[str, ...]) -> None:
    assert serving_words(text) == words


def test_several_texts_are_one_list_in_order() -> None:
    assert training_words(["gpu", "ddp", "train", "ddp-2"]) == ("ddp", "train")


def test_base64_in_a_text_is_no_name() -> None:
    assert serving_words("aGVsbG8gNimQ9xTgiQ0NimServeXyZ1aTrainQQ") == ()
