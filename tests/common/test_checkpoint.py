import os
from pathlib import Path

import numpy as np
import pytest
import torch
import toy
from torch import nn

from common import checkpoint
from common.errors import UserError


def back(tmp_path: Path, state: dict) -> dict:
    checkpoint.write(tmp_path / "state.safetensors", state)
    return checkpoint.read(tmp_path / "state.safetensors")


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def cut(path: Path, share: float = 0.5) -> None:
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])


def test_plain_values_come_back_as_they_were(tmp_path: Path) -> None:
    state = {
        "none": None, "empty": {}, "deep": {"er": {"empty": {}, "list": [1, [2, "drei"]]}}, "yes": True, "x": 0.1, "": 5,
        0: {10: "ten", "10": "text"}, -1: "below", "nan": [float("inf"), -float("inf")], "big": 2**127 + 1,
    }  # fmt: skip
    assert back(tmp_path, state) == state
    assert back(tmp_path, {}) == {}


def test_keys_may_contain_any_character(tmp_path: Path) -> None:
    state = {"bleu/by length": 1, "#3": {"~1/~0": 2}, "a": {"b": 3}, "a/b": 4, "layer.0.weight": 5, "größe": 6}
    assert back(tmp_path, state) == state


def test_arrays_come_back_with_shape_and_type(tmp_path: Path) -> None:
    arrays = {
        "double": np.array([[0.1, -0.0], [np.nan, np.inf]]), "single": np.float32([1e-45, 1]), "bool": np.array([True]),
        "int": np.arange(6).reshape(2, 3), "scalar": np.array(3.5), "none": np.zeros((0, 3)), "bytes": np.uint8([255]),
        "transposed": np.arange(6.0).reshape(2, 3).T, "reversed": np.arange(3)[::-1],
    }  # fmt: skip
    found = back(tmp_path, {"inner": arrays})["inner"]
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype, name
        np.testing.assert_array_equal(found[name], array, err_msg=name, strict=True)
    assert np.signbit(found["double"][0, 1])


def test_tensors_come_back_as_tensors_that_may_be_changed(tmp_path: Path) -> None:
    state = {
        "t": torch.arange(6.0).reshape(2, 3).T,
        "n": np.ones(2),
        "random": torch.get_rng_state(),
        "step": torch.tensor(3.0),
    }
    found = back(tmp_path, state)
    assert isinstance(found["n"], np.ndarray)
    for name in ("t", "random", "step"):
        assert found[name].dtype == state[name].dtype
        assert found[name].shape == state[name].shape
        assert torch.equal(found[name], state[name])
    found["t"] += 1


@pytest.mark.parametrize("make", [torch.optim.Adam, torch.optim.Adadelta, lambda p: torch.optim.SGD(p, 0.1, momentum=0.9)])
def test_an_optimiser_goes_on_as_if_nothing_had_happened(tmp_path: Path, make) -> None:
    def network() -> tuple[nn.Module, torch.optim.Optimizer]:
        net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Dropout(0.5), nn.Linear(4, 1))
        return net, make(net.parameters())

    def steps(net: nn.Module, optimiser: torch.optim.Optimizer, count: int) -> None:
        for _ in range(count):
            optimiser.zero_grad()
            net(torch.randn(5, 3)).square().sum().backward()
            optimiser.step()

    torch.manual_seed(0)
    net, optimiser = network()
    steps(net, optimiser, 3)
    found = back(tmp_path, {
        "net": net.state_dict(), "optimiser": optimiser.state_dict(), "random": torch.get_rng_state()
    })  # fmt: skip
    steps(net, optimiser, 3)

    torch.manual_seed(1)
    other, other_optimiser = network()
    other.load_state_dict(found["net"])
    other_optimiser.load_state_dict(found["optimiser"])
    torch.set_rng_state(found["random"])
    steps(other, other_optimiser, 3)
    for name, value in net.state_dict().items():
        assert torch.equal(other.state_dict()[name], value), name


def test_a_numpy_generator_goes_on_where_it_stood(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    random.normal(size=5)
    other = np.random.default_rng(4)
    other.bit_generator.state = back(tmp_path, {"random": random.bit_generator.state})["random"]
    assert other.normal(size=5).tolist() == random.normal(size=5).tolist()


def test_the_last_two_are_kept_and_the_newest_is_loaded(tmp_path: Path) -> None:
    assert checkpoint.load(tmp_path) is None
    for step in (9, 10, 11, 100):
        checkpoint.save(tmp_path, step, {"step": step})
    assert names(tmp_path) == ["checkpoint-0000000011.safetensors", "checkpoint-0000000100.safetensors"]
    assert checkpoint.load(tmp_path) == {"step": 100}
    checkpoint.clear(tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_after_a_truncated_one_the_one_before_is_loaded(tmp_path: Path, share: float, capsys) -> None:
    for step in (1, 2):
        checkpoint.save(tmp_path, step, {"step": step, "w": np.full(100, step)})
    cut(tmp_path / "checkpoint-0000000002.safetensors", share)
    assert checkpoint.load(tmp_path)["step"] == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "checkpoint-0000000002.safetensors: damaged (" in said


def test_no_byte_can_be_changed_unnoticed(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    checkpoint.write(path, {"w": np.arange(3.0), "deep": {"t": torch.ones(2), "step": 7}})
    whole = path.read_bytes()
    for place in range(len(whole)):
        for flip in (1, 128):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ flip]) + whole[place + 1 :])
            try:
                found = checkpoint.read(path)
            except checkpoint.DamagedError:
                continue
            # Only the padding of the header says nothing.
            assert found["w"].tolist() == [0, 1, 2]
            assert found["deep"]["step"] == 7


def test_an_edited_number_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    checkpoint.write(path, {"w": np.arange(3.0)})
    edited = bytearray(path.read_bytes())
    edited[-1] ^= 1  # the exponent of the last weight
    path.write_bytes(edited)
    with pytest.raises(checkpoint.DamagedError, match="digest"):
        checkpoint.read(path)


def test_where_all_are_damaged_one_is_told_what_to_remove(tmp_path: Path) -> None:
    for step in (1, 2):
        checkpoint.save(tmp_path, step, {"step": step})
        cut(tmp_path / f"checkpoint-000000000{step}.safetensors")
    with pytest.raises(UserError, match=rf"^no good checkpoint is left in {tmp_path}: remove that folder"):
        checkpoint.load(tmp_path)


def test_a_full_disk_is_a_system_error_and_leaves_the_checkpoint_before(tmp_path: Path, monkeypatch) -> None:
    checkpoint.save(tmp_path, 1, {"step": 1})

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            checkpoint.save(tmp_path, 2, {"step": 2})
    assert names(tmp_path) == ["checkpoint-0000000001.safetensors"]
    assert checkpoint.load(tmp_path) == {"step": 1}


KILLED = """
import os, pathlib, signal, sys
import numpy as np
from common import checkpoint

folder, call, moment = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
checkpoint.save(folder, 1, {"step": 1, "w": np.ones(1000)})
inner = getattr(os, call)
def killing(*arguments):
    if moment == "after":
        inner(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(os, call, killing)
checkpoint.save(folder, 2, {"step": 2, "w": np.ones(1000)})
"""


@pytest.mark.parametrize(
    ("call", "moment", "step"),
    [("fsync", "before", 1), ("fsync", "after", 1), ("replace", "before", 1), ("replace", "after", 2)],
)
def test_kill_9_in_mid_write_leaves_a_good_checkpoint(tmp_path: Path, call: str, moment: str, step: int) -> None:
    assert toy.run(str(tmp_path), call, moment, code=KILLED).returncode == -9
    assert checkpoint.load(tmp_path)["step"] == step
    checkpoint.save(tmp_path, 3, {"step": 3})
    assert checkpoint.load(tmp_path) == {"step": 3}
