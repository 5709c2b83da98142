import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from common.device import choose_device, reserve_gpus
from common.errors import UserError


@pytest.fixture(autouse=True)
def no_wishes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ROAD_DEVICE", "ROAD_PRECISION"):
        monkeypatch.delenv(name, raising=False)


def pretend(monkeypatch: pytest.MonkeyPatch, cuda: bool = False, mps: bool = False, capability: int = 9) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: (capability, 0))
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


def test_auto_prefers_cuda_then_mps_then_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, cuda=True, mps=True)
    assert choose_device().name == "cuda"
    pretend(monkeypatch, mps=True)
    assert choose_device().name == "mps"
    pretend(monkeypatch)
    assert choose_device().name == "cpu"


def test_bfloat16_is_the_default_only_where_the_card_is_fast_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, cuda=True, capability=8)
    assert choose_device().precision == "bfloat16"
    pretend(monkeypatch, cuda=True, capability=7)
    assert choose_device().precision == "float32"
    assert choose_device("cpu").precision == "float32"
    pretend(monkeypatch, mps=True)
    assert choose_device().precision == "float32"


def test_the_reason_says_why_this_device_and_why_this_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch)
    assert choose_device().reason == "no GPU was found, and float32 is the default on cpu"
    pretend(monkeypatch, cuda=True, capability=7)
    assert choose_device("cuda").reason == "it was asked for, and bfloat16 is slow at compute capability 7.0"


def test_an_argument_goes_before_the_environment_and_that_before_auto(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, cuda=True, mps=True)
    monkeypatch.setenv("ROAD_DEVICE", "cpu")
    assert choose_device().name == "cpu"
    assert choose_device("mps").name == "mps"


def test_precision_can_be_overridden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROAD_PRECISION", "bfloat16")
    device = choose_device("cpu")
    assert device.precision == "bfloat16"
    assert "ROAD_PRECISION" in device.reason


def test_wrong_wishes_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch)
    with pytest.raises(UserError, match=r"^device cuda: PyTorch \S+ finds none on this machine; ask for auto or cpu$"):
        choose_device("cuda")
    with pytest.raises(UserError, match=r"^unknown device 'cdua': did you mean 'cuda'\?$"):
        choose_device("cdua")
    monkeypatch.setenv("ROAD_PRECISION", "bfloat61")
    with pytest.raises(UserError, match=r"^unknown precision 'bfloat61': did you mean 'bfloat16'\?$"):
        choose_device("cpu")


# Takes GPUs, prints which, and keeps them until its input ends.
HOLDER = """
import os, sys
from common.device import reserve_gpus
with reserve_gpus(int(sys.argv[1])) as gpus:
    assert os.environ["CUDA_VISIBLE_DEVICES"] == ",".join(gpus)
    print(*gpus, flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(folder: Path, pool: str = "0,1", count: int = 1) -> Iterator[subprocess.Popen[str]]:
    # An empty PATH hides nvidia-smi: names are then all there is to lock, as on a machine without a GPU.
    env = {**os.environ, "CUDA_VISIBLE_DEVICES": pool, "ROAD_GPU_LOCKS": str(folder), "PATH": ""}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(count)], env=env, text=True, **pipes)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def gpus_of(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout
    return process.stdout.readline().split()


def first_complaint(process: subprocess.Popen[str]) -> str:
    assert process.stderr
    return process.stderr.readline().strip()


def test_two_processes_never_get_the_same_gpu_and_a_third_waits_for_one(tmp_path: Path) -> None:
    with holder(tmp_path) as one, holder(tmp_path) as two:
        assert sorted(gpus_of(one) + gpus_of(two)) == ["0", "1"]
        with holder(tmp_path) as three:
            complaint = first_complaint(three)
            assert complaint.startswith("waiting for 1 of 2 GPU(s); held: GPU 0 by process ")
            assert str(one.pid) in complaint
            assert str(two.pid) in complaint
            assert three.poll() is None
            one.communicate("")  # its input ends, it gives its GPU back
            assert len(gpus_of(three)) == 1


def test_a_killed_holder_leaves_its_gpu_free(tmp_path: Path) -> None:
    with holder(tmp_path, pool="0") as one:
        assert gpus_of(one) == ["0"]
        with holder(tmp_path, pool="0") as two:
            assert first_complaint(two).endswith(f"GPU 0 by process {one.pid}")
            one.send_signal(signal.SIGKILL)
            assert gpus_of(two) == ["0"]


def test_whoever_waits_for_two_gpus_holds_none_meanwhile(tmp_path: Path) -> None:
    with holder(tmp_path) as one:
        assert gpus_of(one) == ["0"]
        with holder(tmp_path, count=2) as both:
            first_complaint(both)
            with holder(tmp_path) as three:
                assert gpus_of(three) == ["1"]
            one.communicate("")
            assert gpus_of(both) == ["0", "1"]


def test_no_gpu_wanted_touches_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROAD_GPU_LOCKS", str(tmp_path / "locks"))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    with reserve_gpus(0) as gpus:
        assert gpus == []
        assert os.environ["CUDA_VISIBLE_DEVICES"] == "0"
    assert not (tmp_path / "locks").exists()


def test_the_pool_is_taken_as_given_and_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROAD_GPU_LOCKS", str(tmp_path))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-8932f937, 7,-1,3")
    with reserve_gpus(2) as gpus:
        assert gpus == ["GPU-8932f937", "7"]
        assert os.environ["CUDA_VISIBLE_DEVICES"] == "GPU-8932f937,7"
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "GPU-8932f937, 7,-1,3"


def test_without_a_pool_nvidia_smi_says_what_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    smi = tmp_path / "nvidia-smi"
    smi.write_text("#!/bin/sh\necho 'GPU 0: NVIDIA H100 (UUID: GPU-aa)'\necho 'GPU 1: NVIDIA H100 (UUID: GPU-bb)'\n")
    smi.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("ROAD_GPU_LOCKS", str(tmp_path / "locks"))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    with reserve_gpus(2) as gpus:
        assert gpus == ["0", "1"]
        assert (tmp_path / "locks" / "GPU-aa.pid").read_text() == str(os.getpid())
    assert "CUDA_VISIBLE_DEVICES" not in os.environ


def test_too_small_a_pool_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROAD_GPU_LOCKS", str(tmp_path))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    with pytest.raises(UserError, match=r"needs 2 GPU\(s\), found 1 \(CUDA_VISIBLE_DEVICES=0\)"), reserve_gpus(2):
        pass


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_reserved_gpu_multiplies_in_the_precision_chosen_for_it(tmp_path: Path) -> None:
    program = """
from common.device import choose_device, reserve_gpus
with reserve_gpus(1):
    import torch
    device = choose_device("cuda")
    assert torch.cuda.device_count() == 1
    ones = torch.ones(8, 8, device=device.name, dtype=getattr(torch, device.precision))
    print((ones @ ones)[0, 0].item())
"""
    env = {**os.environ, "ROAD_GPU_LOCKS": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", program], env=env, text=True, capture_output=True, check=True)
    assert ran.stdout == "8.0\n"


def test_a_machine_without_any_gpu_gives_none_and_does_not_stop_the_job(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with reserve_gpus(1) as gpus:
        assert gpus == []
