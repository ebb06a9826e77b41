"""Export the trained reader to one int8 ONNX file and check it against the original."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from torch import Tensor, nn

from batches import Batch, collate
from model import Reader
from report import Forward, Read

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUTS = ("start", "end", "evidence", "pooled")
MAX_MEGABYTES = 25


class _Plain(nn.Module):
    """The reader with its outputs as a plain tuple."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.reader(ids, mask, types))


def export(reader: Reader, out: Path) -> Path:
    """Write `reader.onnx` into a folder: fused, then weights as 7-bit int8 per channel.

    Raises:
        ValueError: If the file is larger than `MAX_MEGABYTES`.
    """
    out.mkdir(parents=True, exist_ok=True)
    target = out / "reader.onnx"
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
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
    size = target.stat().st_size / 1e6
    if size > MAX_MEGABYTES:
        raise ValueError(f"{target} has {size:.1f} MB, more than {MAX_MEGABYTES}")
    return target


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


def write_settings(out: Path, weights: Path, facts: dict[str, object]) -> None:
    """Write the tokenizer and `reader.json` beside the model.

    Args:
        out: Folder that holds `reader.onnx`.
        weights: Folder of the base model.
        facts: What the runtime needs to know besides the checksums.
    """
    tokenizer = out / "reader-tokenizer.json"
    shutil.copyfile(weights / "tokenizer.json", tokenizer)
    files = {path.name: sha256(path) for path in (out / "reader.onnx", tokenizer)}
    text = json.dumps({"sha256": files, **facts}, indent=2)
    (out / "reader.json").write_text(text + "\n", encoding="utf-8")


def operators(path: Path) -> dict[str, int]:
    """Count the operators of a model file."""
    kinds = [node.op_type for node in onnx.load(str(path)).graph.node]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}
