"""Makes thin members of torchvision's families with seeded weights, and what torchvision computes with them.

For each network NAME: NAME.pth or NAME.safetensors (the weights, in one of the forms in which people save them) and
NAME.expected.safetensors (for every layer its largest magnitude and a few of its values). See README.md for how to run
this and with which versions the files here were made.
"""

import functools
import importlib
import json
import pathlib
import re
import struct
import zlib

import numpy as np
import torch
from torch import nn
from torchvision import models
from torchvision.ops.misc import SqueezeExcitation

# Some of these modules hide behind functions of the same name.
(convnext, densenet, efficientnet, googlenet, inception, mnasnet, mobilenetv2, mobilenetv3, regnet, resnet, shufflenetv2,
 squeezenet) = (importlib.import_module(f"torchvision.models.{name}") for name in (
    "convnext", "densenet", "efficientnet", "googlenet", "inception", "mnasnet", "mobilenetv2", "mobilenetv3", "regnet",
    "resnet", "shufflenetv2", "squeezenet"))

HERE = pathlib.Path(__file__).parent

# How many values of a layer are kept, from its first to its last.
SAMPLES = 12
CLASSES = 7

# Modules that change nothing we would call a layer.
SILENT = (nn.Identity, nn.Flatten, nn.Sequential, convnext.Permute, efficientnet.StochasticDepth)
# Modules that end in an operation which is no module, and what we call that.
ENDINGS = [
    (SqueezeExcitation, "mul"),
    ((googlenet.Inception, inception.InceptionA, inception.InceptionB, inception.InceptionC, inception.InceptionD,
      inception.InceptionE, squeezenet.Fire, densenet._DenseBlock), "concat"),
    ((googlenet.BasicConv2d, inception.BasicConv2d), "relu"),
    (shufflenetv2.InvertedResidual, "shuffle"),
    ((mobilenetv2.InvertedResidual, mobilenetv3.InvertedResidual, efficientnet.MBConv, efficientnet.FusedMBConv),
     lambda module: "add" if module.use_res_connect else None),
    (mnasnet._InvertedResidual, lambda module: "add" if module.apply_residual else None),
    (convnext.CNBlock, "add"),
]


def our_name(name, module):
    """The layer that holds what a module puts out; None where we have none."""
    for kinds, ending in ENDINGS:
        if isinstance(module, kinds):
            ending = ending(module) if callable(ending) else ending
            return ending and f"{name}.{ending}"
    is_leaf = not list(module.children())
    return name if is_leaf and not isinstance(module, SILENT) else None


def randomise(model, seed):
    """Seeded weights and statistics, of sizes that keep numbers alive through a deep network."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.normal_(module.weight, 0, (1.6 / module.weight[0].numel()) ** 0.5)
                if module.bias is not None:
                    nn.init.normal_(module.bias, 0, 0.2)
            elif isinstance(module, (nn.BatchNorm2d, nn.LayerNorm)):
                nn.init.uniform_(module.weight, 0.6, 1.4)
                nn.init.normal_(module.bias, 0.1, 0.2)
                if isinstance(module, nn.BatchNorm2d):
                    nn.init.normal_(module.running_mean, 0, 0.3)
                    nn.init.uniform_(module.running_var, 0.5, 2)
            elif isinstance(module, convnext.CNBlock):
                nn.init.uniform_(module.layer_scale, 0.2, 1)
    return model.eval()


def thin(model, factor):
    """Every width divided by `factor`; the forward pass of torchvision does not mind."""

    def less(n):
        return n if n in (1, 3, CLASSES) else max(1, n // factor)

    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            groups = module.groups
            if groups > 1:
                groups = less(module.in_channels) if groups == module.in_channels else groups
            seen = less(module.in_channels) // groups
            shape = (less(module.out_channels), seen) + tuple(module.kernel_size)
            module.in_channels, module.out_channels, module.groups = less(module.in_channels), shape[0], groups
            module.weight = nn.Parameter(torch.zeros(shape))
            if module.bias is not None:
                module.bias = nn.Parameter(torch.zeros(shape[0]))
        elif isinstance(module, nn.BatchNorm2d):
            module.num_features = less(module.num_features)
            for part in ("weight", "bias"):
                setattr(module, part, nn.Parameter(torch.zeros(module.num_features)))
            module.running_mean, module.running_var = torch.zeros(module.num_features), torch.ones(module.num_features)
        elif isinstance(module, nn.LayerNorm):
            module.normalized_shape = tuple(less(n) for n in module.normalized_shape)
            for part in ("weight", "bias"):
                setattr(module, part, nn.Parameter(torch.zeros(module.normalized_shape)))
        elif isinstance(module, nn.Linear):
            module.weight = nn.Parameter(torch.zeros(less(module.out_features), less(module.in_features)))
            module.bias = nn.Parameter(torch.zeros(less(module.out_features)))
        elif isinstance(module, convnext.CNBlock):
            module.layer_scale = nn.Parameter(torch.zeros(less(len(module.layer_scale)), 1, 1))
    return model


def picture(side):
    """Numbers from -1 to 1 that any program can make."""
    places = np.arange(3 * side * side, dtype=np.uint64)
    numbers = (places * np.uint64(2654435761)) % np.uint64(1 << 32)
    return (numbers.astype(np.float64) / (1 << 31) - 1).astype(np.float32).reshape(1, 3, side, side)


def record(model, batch):
    """What every layer puts out, by our names, as [n, c, h, w]."""
    outputs, hooks = {}, []

    def keep(name, module):
        # Inside this block the channels come last.
        is_turned = ".block." in name and isinstance(module, (nn.LayerNorm, nn.Linear, nn.GELU)) and isinstance(
            model, convnext.ConvNeXt)

        def hook(_module, _inputs, output):
            output = output.detach().clone()
            if is_turned:
                output = output.permute(0, 3, 1, 2)
            number, unique = 2, name
            while unique in outputs:
                unique, number = f"{name}_{number}", number + 1
            outputs[unique] = np.ascontiguousarray(output.numpy(), dtype=np.float32)

        return hook

    for name, module in model.named_modules():
        ours = name and our_name(name, module)
        if ours:
            hooks.append(module.register_forward_hook(keep(ours, module)))
    with torch.no_grad():
        model(torch.from_numpy(batch))
    for hook in hooks:
        hook.remove()
    return outputs


def write_tensors(path, tensors, metadata):
    kinds = {np.dtype("float32"): "F32", np.dtype("float16"): "F16", np.dtype("float64"): "F64",
             np.dtype("uint8"): "U8", np.dtype("int64"): "I64"}
    header, offset = {"__metadata__": metadata}, 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": kinds[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [offset, offset + tensor.nbytes]}
        offset += tensor.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(np.ascontiguousarray(tensor).tobytes())


def save(name, model, form):
    """Writes the weights in the form that `form` names, and puts into the model what a reader gets back."""
    dtypes = {"half": torch.float16, "brain": torch.bfloat16, "double": torch.float64}
    dtype = next((dtypes[kind] for kind in dtypes if kind in form), torch.float32)
    state = {key: value.clone() for key, value in model.to(dtype).state_dict().items()}
    model.float()
    if "old names" in form:
        import re
        state = {re.sub(r"(denselayer\d+\.(?:norm|conv))([12])\.", r"\1.\2.", key): value for key, value in state.items()}
    if "module" in form:
        state = {f"module.{key}": value for key, value in state.items()}
    if "wrapped" in form:
        state = {"epoch": 12, "state_dict": state, "optimizer": {"param_groups": [{"lr": 0.1}]}}
    if "safetensors" in form:
        write_tensors(HERE / f"{name}.safetensors", {key: value.numpy() for key, value in state.items()}, {"format": "pt"})
    else:
        torch.save(state, HERE / f"{name}.pth", _use_new_zipfile_serialization="zip" in form)


def networks():
    """Name, network, by how much it is thinned, side of the picture, form of the file."""
    c = {"num_classes": CLASSES}
    small_blocks = [convnext.CNBlockConfig(96, 192, 1), convnext.CNBlockConfig(192, 384, 1),
                    convnext.CNBlockConfig(384, 768, 2), convnext.CNBlockConfig(768, None, 1)]
    mb, fused = efficientnet.MBConvConfig, efficientnet.FusedMBConvConfig
    second = efficientnet.EfficientNet(
        [fused(1, 3, 1, 24, 24, 1), fused(4, 3, 2, 24, 48, 2), fused(4, 3, 2, 48, 64, 1), mb(4, 3, 2, 64, 128, 2),
         mb(6, 3, 1, 128, 160, 1), mb(6, 3, 2, 160, 256, 2)],
        0.2, last_channel=1280, norm_layer=functools.partial(nn.BatchNorm2d, eps=1e-3), **c)

    def shallow_regnet(**kwargs):
        blocks = regnet.BlockParams([1, 2, 1, 1], [32, 64, 160, 400], [16] * 4, [1.0] * 4, [2] * 4, **kwargs)
        return regnet.RegNet(blocks, **c)

    return [
        ("alexnet", models.AlexNet(**c), 64, 224, "half"),
        ("vgg11_bn", models.vgg11_bn(**c), 64, 224, "half zip"),
        ("googlenet", models.googlenet(init_weights=False, **c), 16, 224, "half safetensors"),
        ("inception_v3", models.inception_v3(init_weights=False, **c), 32, 299, "half"),
        ("squeezenet1_0", models.squeezenet1_0(**c), 16, 224, "zip"),
        ("squeezenet1_1", models.squeezenet1_1(**c), 16, 224, "safetensors"),
        ("resnet18", models.resnet18(**c), 32, 224, "wrapped module zip"),
        ("resnext", resnet.ResNet(resnet.Bottleneck, [1, 2, 1, 1], groups=2, width_per_group=64, **c), 16, 224, "half"),
        ("densenet", densenet.DenseNet(32, (2, 3, 2, 2), 64, **c), 16, 224, "old names zip"),
        ("mobilenet_v2", models.mobilenet_v2(**c), 16, 224, "brain"),
        ("mobilenet_v3_large", models.mobilenet_v3_large(**c), 16, 224, "half safetensors"),
        ("mobilenet_v3_small", models.mobilenet_v3_small(**c), 16, 224, "half"),
        ("mnasnet", models.mnasnet0_5(**c), 16, 224, "half"),
        ("shufflenet", shufflenetv2.ShuffleNetV2([2, 3, 2], [24, 48, 96, 192, 1024], **c), 6, 224, "half"),
        ("efficientnet_b0", models.efficientnet_b0(**c), 16, 224, "half"),
        ("efficientnet_v2", second, 16, 384, "half"),
        ("convnext", convnext.ConvNeXt(small_blocks, **c), 32, 224, "double"),
        ("regnet_x", shallow_regnet(), 8, 224, "half"),
        ("regnet_y", shallow_regnet(se_ratio=0.25), 8, 224, "half safetensors"),
    ]


def main():
    for name, model, factor, side, form in networks():
        model = thin(model, factor)
        if isinstance(model, (models.GoogLeNet, models.Inception3)):
            # Our preparation of pictures does what this step does.
            model.transform_input = False
        # A layer of few channels may come out as all zeros, which would prove nothing: then other weights.
        first = zlib.crc32(name.encode())
        for seed in range(first, first + 100):
            save(name, randomise(model, seed), form)
            layers = record(model, picture(side))
            if all(np.abs(values).max() > 0 for values in layers.values()):
                break
        rows = []
        for layer, values in layers.items():
            flat = values.ravel()
            places = np.arange(SAMPLES) * (flat.size - 1) // (SAMPLES - 1)
            rows.append(np.concatenate([[np.abs(flat).max()], flat[places]]))
        expected = {"samples": np.array(rows, dtype=np.float32),
                    "names": np.frombuffer("\n".join(layers).encode(), dtype=np.uint8)}
        write_tensors(HERE / f"{name}.expected.safetensors", expected,
                      {"made_with": f"torch {torch.__version__.split('a')[0]}, torchvision 0.14.1", "side": str(side)})
        sizes = sum(path.stat().st_size for path in HERE.glob(f"{name}.*"))
        print(f"{name}: {len(layers)} layers, {sum(p.numel() for p in model.parameters())} weights, {sizes} bytes")


if __name__ == "__main__":
    main()
