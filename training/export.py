"""Export the trained reader to one int8 ONNX file and check it against the original."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx.external_data_helper import set_external_data
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from torch import Tensor, nn

from batches import Batch, collate
from model import Reader
from report import Forward, Read

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUTS = ("start", "end", "evidence", "pooled")
TOKENIZER = "reader-tokenizer.json"
MAX_MEGABYTES = 25
PART_MEGABYTES = 60
"""A model over it has its weights in parts beside it: some hosts take no file over 100 MB."""


class _Plain(nn.Module):
    """The reader with its outputs as a plain tuple."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.reader(ids, mask, types))


def export(
    reader: Reader, out: Path, *, name: str = "reader", max_megabytes: float = MAX_MEGABYTES
) -> Path:
    """Write a reader's `.onnx` into a folder: fused, then weights as 7-bit int8 per channel.

    Raises:
        ValueError: If the file is larger than `max_megabytes`.
    """
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"{name}.onnx"
    with tempfile.TemporaryDirectory() as scratch:
        plain, fused = Path(scratch) / "plain.onnx", Path(scratch) / "fused.onnx"
        _write_plain(reader, plain)
        _fuse(reader, plain, fused)
        quantize_dynamic(
            fused,
            target,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,  # 7-bit weights: no overflow on processors without VNNI
            nodes_to_exclude=_exact_nodes(fused) if reader.is_mpnet else None,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
    size = target.stat().st_size / 1e6
    if size > max_megabytes:
        raise ValueError(f"{target} has {size:.1f} MB, more than {max_megabytes}")
    if size > PART_MEGABYTES:
        _move_weights(target)
    return target


def _exact_nodes(fused: Path) -> list[str]:
    """Name the products of MPNet whose inputs have outliers that one int8 scale cannot hold.

    With them in int8 the logits correlate with those of the original by 0.976, without by 0.991.
    """
    names = (node.name for node in onnx.load(str(fused)).graph.node if node.op_type == "MatMul")
    return [name for name in names if _OUTLIERS.search(name)]


_OUTLIERS = re.compile(r"/layer\.[678]/output/dense/")


def _move_weights(path: Path) -> None:
    """Move the weights of a model into files `NAME.1.bin`, `NAME.2.bin` … beside it."""
    for old in parts_of(path):
        old.unlink()
    model = onnx.load(str(path))
    part, used = 1, 0
    for tensor in model.graph.initializer:
        size = len(tensor.raw_data)
        if size < _SMALL_BYTES:
            continue
        if used + size > PART_MEGABYTES * 1e6:
            part, used = part + 1, 0
        set_external_data(tensor, location=f"{path.stem}.{part}.bin")
        used += size
    onnx.save_model(model, str(path))


_SMALL_BYTES = 1024


def parts_of(model: Path) -> list[Path]:
    """List the files beside a model that hold its weights; none if it holds them itself."""
    return sorted(model.parent.glob(f"{model.stem}.*.bin"))


def _write_plain(reader: Reader, path: Path) -> None:
    reader = reader.cpu().eval()
    reader.encoder.set_attn_implementation("eager")  # the fusion below knows this form
    ids = torch.randint(1000, 2000, (2, 48))
    types = (torch.arange(48) > 12).long().expand(2, -1).contiguous()
    arguments = (ids, torch.ones_like(ids), types)
    axes = {name: {0: "batch", 1: "length"} for name in (*INPUTS, *OUTPUTS)}
    axes["pooled"] = {0: "batch"}
    torch.onnx.export(
        _Plain(reader),
        arguments,
        str(path),
        input_names=list(INPUTS),
        output_names=list(OUTPUTS),
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )


def _fuse(reader: Reader, plain: Path, fused: Path) -> None:
    config = reader.encoder.config
    options = FusionOptions("bert")
    options.enable_embed_layer_norm = False  # its int8 form is slower and less exact
    model = optimize_model(
        str(plain),
        "bert",
        num_heads=config.num_attention_heads,
        hidden_size=config.hidden_size,
        optimization_options=options,
        opt_level=0,
    )
    model.save_model_to_file(str(fused))


def onnx_forward(path: Path, threads: int = 2) -> Forward:
    """Wrap the exported file for `report.read`."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def forward(batch: Batch) -> list[np.ndarray]:
        tensors = (batch.ids, batch.mask, batch.types)
        feed = {name: tensor.numpy() for name, tensor in zip(INPUTS, tensors, strict=True)}
        return session.run(list(OUTPUTS), feed)

    return forward


def parity(reader: Reader, rows: Sequence[Read]) -> dict[str, float]:
    """Compare the int8 readings with the original in fp32, each pair read alone."""
    ours, theirs = [], []
    reader.eval()
    for row in rows:
        batch = collate([row.encoded])
        with torch.inference_mode():
            output = reader(batch.ids, batch.mask, batch.types)
        size = len(row.encoded.ids)  # a batch is padded
        theirs += [output.evidence[0, :size].numpy(), output.pooled[0].numpy()]
        ours += [row.reading.evidence, np.array([row.reading.relevance, row.reading.answerable])]
    ours, theirs = np.concatenate(ours), np.concatenate(theirs)
    return {
        "mean_difference": round(float(np.abs(ours - theirs).mean()), 4),
        "logit_spread": round(float(theirs.std()), 4),
        "correlation": round(float(np.corrcoef(ours, theirs)[0, 1]), 5),
    }


def sha256(path: Path) -> str:
    """Return a file's checksum."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_settings(model: Path, weights: Path, facts: dict[str, object]) -> None:
    """Write the tokenizer and the settings, `.json`, beside the model.

    Args:
        model: The `.onnx` file.
        weights: Folder of the base model.
        facts: What the runtime needs to know besides the checksums.
    """
    tokenizer = model.with_name(TOKENIZER)
    shutil.copyfile(weights / "tokenizer.json", tokenizer)
    files = {path.name: sha256(path) for path in (model, *parts_of(model), tokenizer)}
    text = json.dumps({"sha256": files, **facts}, indent=2)
    model.with_suffix(".json").write_text(text + "\n", encoding="utf-8")


def operators(path: Path) -> dict[str, int]:
    """Count the operators of a model file."""
    kinds = [node.op_type for node in onnx.load(str(path)).graph.node]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}
