"""Take the weights out of an exported reader, to train on where no checkpoint was kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

_HEADS = {(384, 3): "tokens", (768, 384): "pool", (384, 2): "classify"}
_DENSE = ("attention.output.dense", "intermediate.dense", "output.dense")


def restore(path: Path) -> dict[str, Tensor]:
    """Read the reader's state from its int8 file; each weight is off by up to half a step of it.

    Args:
        path: A file written by `export.export`.

    Returns:
        What `model.Reader.load_state_dict` takes.
    """
    graph = onnx.load(str(path)).graph
    values = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    state: dict[str, np.ndarray] = {}
    for name, value in values.items():
        plain = name.removesuffix("_quantized")
        if plain.startswith("reader.") and plain.endswith((".weight", ".bias")):
            state[plain] = _weight(values, name) if plain != name else value
    for number, node in enumerate(n for n in graph.node if n.op_type == "QAttention"):
        state |= _attention(values, f"Attention_{number}", node.input[1], number)
    dense = 0
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            weight = _weight(values, node.input[1])
            name = _HEADS.get(weight.shape)
            if name is None:
                layer, part = divmod(dense, len(_DENSE))
                name = f"encoder.encoder.layer.{layer}.{_DENSE[part]}"
                dense += 1
            state[f"reader.{name}.weight"] = weight.T
    return {
        name.removeprefix("reader."): torch.from_numpy(np.ascontiguousarray(value))
        for name, value in state.items()
    }


def _weight(values: dict[str, np.ndarray], name: str) -> np.ndarray:
    base = name.removesuffix("_quantized")
    zero = values[f"{base}_zero_point"].astype(np.float32)
    return (values[name].astype(np.float32) - zero) * values[f"{base}_scale"]


def _attention(
    values: dict[str, np.ndarray], prefix: str, weight: str, number: int
) -> dict[str, np.ndarray]:
    parts = np.split(_weight(values, weight), 3, axis=1)
    biases = np.split(values[f"{prefix}_qkv_bias"], 3)
    start = f"reader.encoder.encoder.layer.{number}.attention.self"
    found = {}
    for name, matrix, bias in zip(("query", "key", "value"), parts, biases, strict=True):
        found[f"{start}.{name}.weight"] = matrix.T
        found[f"{start}.{name}.bias"] = bias
    return found
