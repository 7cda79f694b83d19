"""What PyTorch answers for every kind of layer: small graphs, their weights and inputs by formula, their outputs.

    python tools/reference_ops.py > crates/kihap-zoo/tests/golden/ops.json

Needs PyPI `torch` (recorded with 2.15). A case's graph is the JSON of `kihap_zoo::Graph`. Number i of parameter p (both
counted from 0, parameters in the order of `Graph::parameters`) is 0.5 sin(0.7 i + 1.3 p), plus 1 where the parameter's name
ends in `.scale` or `.variance`; number i of the input (all examples of the batch one after the other) is
input_scale * sin(0.9 i). Everything is computed in 64 bits.
"""

import json
import math

import torch
import torch.nn.functional as F

BATCH = 2


def wave(count, factor, phase, scale):
    return torch.tensor([scale * math.sin(factor * i + phase) for i in range(count)], dtype=torch.float64)


class Parameters:
    """Makes parameters in the order in which they are asked for."""

    def __init__(self):
        self.made = 0

    def __call__(self, name, *shape):
        values = wave(math.prod(shape), 0.7, 1.3 * self.made, 0.5).reshape(shape)
        self.made += 1
        return values + 1 if name in ("scale", "variance") else values


def around(padding, size, kernel, stride, dilation):
    """Top, bottom, left, right."""
    if padding == "valid":
        return [0, 0, 0, 0]
    if padding == "same":
        sides = []
        for n, k, s, d in zip(size, kernel, stride, dilation):
            total = max((math.ceil(n / s) - 1) * s + (k - 1) * d + 1 - n, 0)
            sides += [total // 2, total - total // 2]
        return sides
    return padding["explicit"]


def pad(x, sides, value=0.0):
    top, bottom, left, right = sides
    return F.pad(x, (left, right, top, bottom), value=value)


def activate(x, function):
    if isinstance(function, dict):
        return F.leaky_relu(x, function["leaky_relu"])
    return {
        "relu": F.relu,
        "relu6": F.relu6,
        "hard_swish": F.hardswish,
        "hard_sigmoid": F.hardsigmoid,
        "swish": F.silu,
        "gelu": F.gelu,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "softmax": lambda x: F.softmax(x, -1),
    }[function](x)


def pool(x, kind, kernel, stride, padding):
    sides = around(padding, x.shape[2:], kernel, stride, (1, 1))
    if kind == "max":
        return F.max_pool2d(pad(x, sides, -math.inf), kernel, stride)
    sums = F.avg_pool2d(pad(x, sides), kernel, stride)
    shares = F.avg_pool2d(pad(torch.ones_like(x), sides), kernel, stride)
    return sums / shares


def recurrent(x, p, cell, units, bidirectional, sequences):
    kinds = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
    gates = {"rnn": 1, "gru": 3, "lstm": 4}[cell]
    net = kinds[cell](x.shape[2], units, batch_first=True, bidirectional=bidirectional).double()
    order = {"rnn": [0], "gru": [1, 0, 2], "lstm": [0, 1, 2, 3]}[cell]  # PyTorch's GRU: reset, update, candidate

    def rows(weight):
        return torch.cat([weight.T[g * units : (g + 1) * units] for g in order])

    for suffix in ["", "_reverse"] if bidirectional else [""]:
        with torch.no_grad():
            getattr(net, "weight_ih_l0" + suffix).copy_(rows(p("input", x.shape[2], gates * units)))
            getattr(net, "weight_hh_l0" + suffix).copy_(rows(p("recurrent", units, gates * units)))
            getattr(net, "bias_ih_l0" + suffix).copy_(rows(p("bias", 1, gates * units))[:, 0])
            getattr(net, "bias_hh_l0" + suffix).zero_()
            if cell == "gru":
                getattr(net, "bias_hh_l0" + suffix).copy_(rows(p("recurrent_bias", 1, gates * units))[:, 0])
    states = net(x)[0].detach()
    if sequences:
        return states
    return torch.cat([states[:, -1, :units], states[:, 0, units:]], 1)


def attention(x, p, heads):
    width = x.shape[2]
    parts = [(p("weight", width, width).T, p("bias", width)) for _ in range(4)]
    net = torch.nn.MultiheadAttention(width, heads, batch_first=True).double()
    with torch.no_grad():
        net.in_proj_weight.copy_(torch.cat([weight for weight, _ in parts[:3]]))
        net.in_proj_bias.copy_(torch.cat([bias for _, bias in parts[:3]]))
        net.out_proj.weight.copy_(parts[3][0])
        net.out_proj.bias.copy_(parts[3][1])
    return net(x, x, x)[0].detach()


def evaluate(node, xs, p):
    """Output of a layer for its inputs `xs`, with the parameters that `p` makes."""
    x, op = xs[0], node["op"]
    get = node.get
    if op == "conv2d":
        shape = (get("filters"), x.shape[1] // get("groups"), *get("kernel"))
        weight = p("weight", *shape)
        bias = p("bias", get("filters")) if get("bias") else None
        sides = around(get("padding"), x.shape[2:], get("kernel"), get("stride"), get("dilation"))
        return F.conv2d(pad(x, sides), weight, bias, get("stride"), 0, get("dilation"), get("groups"))
    if op == "conv_transpose2d":
        weight = p("weight", x.shape[1], get("filters"), *get("kernel"))
        bias = p("bias", get("filters")) if get("bias") else None
        return F.conv_transpose2d(x, weight, bias, get("stride"), get("padding"))
    if op == "dense":
        weight = p("weight", x.shape[-1], get("units"))
        return F.linear(x, weight.T, p("bias", get("units")) if get("bias") else None)
    if op == "batch_norm":
        scale, offset, mean, variance = (p(n, x.shape[1]) for n in ("scale", "offset", "mean", "variance"))
        return F.batch_norm(x, mean, variance, scale, offset, False, 0.0, get("epsilon"))
    if op == "layer_norm":
        scale, offset = p("scale", x.shape[-1]), p("offset", x.shape[-1])
        return F.layer_norm(x, x.shape[-1:], scale, offset, get("epsilon"))
    if op == "local_response_norm":
        return F.local_response_norm(x, get("size"), get("alpha"), get("beta"), get("k"))
    if op == "activation":
        return activate(x, get("function"))
    if op == "pool":
        return pool(x, get("kind"), get("kernel"), get("stride"), get("padding"))
    if op == "reduce":
        kind = {"mean": torch.mean, "max": torch.amax, "sum": torch.sum}[get("kind")]
        return kind(x, [axis + 1 for axis in get("axes")])
    if op in ("add", "subtract", "multiply"):
        return {"add": torch.add, "subtract": torch.sub, "multiply": torch.mul}[op](*xs)
    if op == "concat":
        return torch.cat(xs, get("axis") + 1)
    if op == "dropout":
        return x
    if op == "flatten":
        return x.reshape(len(x), -1)
    if op == "reshape":
        return x.reshape(len(x), *get("shape"))
    if op == "permute":
        return x.permute(0, *[axis + 1 for axis in get("axes")])
    if op == "zero_pad":
        return pad(x, get("padding"))
    if op == "crop":
        return pad(x, [-side for side in get("cropping")])
    if op == "gather":
        return torch.index_select(x, get("axis") + 1, torch.tensor(get("indices")))
    if op == "scale":
        return x * torch.tensor(get("scale")).double() + torch.tensor(get("offset")).double()
    if op == "position_embedding":
        return x + p("position", *x.shape[1:])
    if op == "recurrent":
        return recurrent(x, p, *(get(n) for n in ("cell", "units", "bidirectional", "sequences")))
    if op == "attention":
        return attention(x, p, get("heads"))
    if op == "mix":
        n = x.shape[-1]
        matrix = torch.tensor(get("matrix")).double().reshape(n, n)
        return x @ (matrix + p("learned", n, n) if get("learned") else matrix)
    raise ValueError(op)


def run(graph, x):
    """Output of the last layer; parameters by formula."""
    p, values = Parameters(), {"input": x}
    for node in graph["nodes"]:
        values[node["name"]] = evaluate(node, [values[name] for name in node["inputs"]], p)
    return values[graph["nodes"][-1]["name"]]


CASES = []


def case(name, shape, *nodes, input_scale=0.5):
    """Layers in a row; a node may name its `inputs` itself."""
    graph = {"name": name, "input": {"shape": shape}, "nodes": []}
    last = "input"
    for number, node in enumerate(nodes):
        label = f"layer{number}"
        inputs = node.pop("inputs", [last])
        graph["nodes"].append({"name": label, "inputs": inputs, **node})
        last = label
    x = wave(BATCH * math.prod(shape), 0.9, 0.0, input_scale).reshape(BATCH, *shape)
    y = run(graph, x)
    output = [float(f"{v:.8g}") for v in y.flatten().tolist()]
    recorded = {"name": name, "batch": BATCH, "input_scale": input_scale, "graph": graph}
    CASES.append({**recorded, "shape": list(y.shape[1:]), "output": output})


def conv(filters, kernel, stride=1, padding="valid", dilation=1, groups=1, bias=True):
    pair = lambda v: v if isinstance(v, list) else [v, v]
    fields = dict(filters=filters, kernel=pair(kernel), stride=pair(stride), padding=padding, dilation=pair(dilation))
    return dict(op="conv2d", **fields, groups=groups, bias=bias, init="he_normal")


def pooling(kind, kernel, stride, padding):
    pair = lambda v: v if isinstance(v, list) else [v, v]
    return dict(op="pool", kind=kind, kernel=pair(kernel), stride=pair(stride), padding=padding)


def dense(units, bias=True):
    return dict(op="dense", units=units, bias=bias, init="glorot_uniform")


def transposed(filters, kernel, stride, padding, bias=True):
    return dict(
        op="conv_transpose2d", filters=filters, kernel=kernel, stride=stride, padding=padding, bias=bias, init="he_normal"
    )


def cases():
    case("conv_valid", [3, 5, 6], conv(4, 3))
    case("conv_no_bias_wide_kernel", [2, 4, 7], conv(3, [1, 5], bias=False))
    case("conv_same_odd_stride_1", [2, 5, 5], conv(3, 3, 1, "same"))
    case("conv_same_stride_2_even_size", [2, 6, 6], conv(3, 3, 2, "same"))
    case("conv_same_stride_2_odd_size", [2, 5, 7], conv(3, 3, 2, "same"))
    case("conv_same_even_kernel", [1, 5, 5], conv(2, 4, 1, "same"))
    case("conv_same_kernel_1_stride_2", [2, 5, 5], conv(3, 1, 2, "same"))
    case("conv_explicit_padding", [2, 5, 4], conv(3, 3, [2, 1], {"explicit": [0, 2, 1, 3]}))
    case("conv_dilated", [2, 7, 7], conv(2, 3, 1, "valid", 2))
    case("conv_dilated_same", [2, 6, 5], conv(2, 3, 1, "same", [2, 3]))
    case("conv_groups", [4, 4, 4], conv(6, 3, 1, "same", groups=2))
    case("conv_depthwise", [3, 5, 5], conv(3, 3, 2, "same", groups=3, bias=False))
    case("conv_depthwise_multiplier_2", [3, 4, 4], conv(6, 3, 1, "valid", groups=3))
    case("conv_over_time", [3, 8, 1], conv(4, [3, 1], 1, {"explicit": [2, 0, 0, 0]}))
    case("conv_transpose", [3, 3, 4], transposed(2, [3, 3], [2, 2], [1, 1]))
    case("conv_transpose_dcgan", [4, 3, 3], transposed(2, [4, 4], [2, 2], [1, 1], False))
    case("conv_transpose_from_point", [5, 1, 1], transposed(3, [4, 3], [1, 1], [0, 0]))
    case("dense_rows", [7], dense(4))
    case("dense_rows_no_bias", [7], dense(4, False))
    case("dense_steps", [3, 5], dense(4))
    case("dense_pictures", [2, 3, 4], dense(3))
    case("batch_norm_rows", [6], dict(op="batch_norm", epsilon=1e-3, momentum=0.99))
    case("batch_norm_table", [4, 3], dict(op="batch_norm", epsilon=1e-5, momentum=0.9))
    case("batch_norm_pictures", [4, 3, 2], dict(op="batch_norm", epsilon=1e-3, momentum=0.99))
    case("conv_batch_norm", [2, 5, 5], conv(4, 3, 2, "same", bias=False), dict(op="batch_norm", epsilon=1e-3, momentum=0.9))
    case("layer_norm_rows", [6], dict(op="layer_norm", epsilon=1e-5))
    case("layer_norm_steps", [3, 6], dict(op="layer_norm", epsilon=1e-6))
    case("local_response_norm", [8, 2, 3], dict(op="local_response_norm", size=5, alpha=1e-4, beta=0.75, k=2.0), input_scale=40.0)
    case("local_response_norm_3", [4, 2, 2], dict(op="local_response_norm", size=3, alpha=0.5, beta=0.5, k=1.0), input_scale=3.0)
    functions = ["relu", "relu6", {"leaky_relu": 0.2}, "hard_swish", "hard_sigmoid", "swish", "gelu", "sigmoid", "tanh"]
    for function in functions:
        name = function if isinstance(function, str) else "leaky_relu"
        case(f"activation_{name}", [3, 11], dict(op="activation", function=function), input_scale=8.0)
    for shape in ([5], [3, 4], [2, 3, 4]):
        case(f"activation_softmax_rank_{len(shape)}", shape, dict(op="activation", function="softmax"), input_scale=4.0)
    for kind in ("max", "average"):
        case(f"pool_{kind}_valid", [2, 5, 5], pooling(kind, 2, 2, "valid"))
        case(f"pool_{kind}_overlapping", [2, 7, 7], pooling(kind, 3, 2, "valid"))
        case(f"pool_{kind}_same_even", [2, 6, 6], pooling(kind, 3, 2, "same"))
        case(f"pool_{kind}_same_odd", [2, 5, 7], pooling(kind, 3, 2, "same"))
        case(f"pool_{kind}_same_stride_1", [2, 4, 4], pooling(kind, 3, 1, "same"))
        case(f"pool_{kind}_same_kernel_2", [2, 5, 5], pooling(kind, 2, 2, "same"))
        case(f"pool_{kind}_explicit", [2, 5, 4], pooling(kind, [3, 2], [2, 1], {"explicit": [1, 0, 0, 1]}))
        case(f"pool_{kind}_symmetric", [2, 6, 6], pooling(kind, 3, 2, {"explicit": [1, 1, 1, 1]}))
    case("pool_max_same_all_negative", [1, 4, 4], dict(op="scale", scale=[0.2] * 4, offset=[-3.0] * 4), pooling("max", 3, 1, "same"))
    for kind in ("mean", "max", "sum"):
        case(f"reduce_{kind}_pictures", [3, 4, 5], dict(op="reduce", kind=kind, axes=[1, 2]))
        case(f"reduce_{kind}_steps", [4, 5], dict(op="reduce", kind=kind, axes=[0]))
        case(f"reduce_{kind}_last", [2, 3, 4], dict(op="reduce", kind=kind, axes=[2]))
    case("reduce_two_apart", [2, 3, 4], dict(op="reduce", kind="mean", axes=[0, 2]))
    for op in ("add", "subtract", "multiply"):
        case(f"{op}_same", [4], dense(4), dict(op=op, inputs=["layer0", "input"]))
        case(f"{op}_stretched_first", [2, 3, 1], dict(op="permute", axes=[0, 2, 1]), dict(op=op, inputs=["input", "layer0"]))
        squeezed = [dict(op="reduce", kind="mean", axes=[1, 2]), dict(op="reshape", shape=[3, 1, 1])]
        case(f"{op}_channels", [3, 2, 4], *squeezed, dict(op=op, inputs=["input", "layer1"]))
    case("add_itself", [3], dict(op="add", inputs=["input", "input"]))
    case("concat_channels", [2, 3, 3], conv(3, 1), dict(op="concat", axis=0, inputs=["input", "layer0", "input"]))
    case("concat_features", [3, 2], dense(3), dict(op="concat", axis=1, inputs=["layer0", "input"]))
    case("concat_rows", [3], dense(2), dict(op="concat", axis=0, inputs=["layer0", "input"]))
    case("dropout", [5], dict(op="dropout", rate=0.5))
    case("flatten_then_dense", [2, 3, 2], dict(op="flatten"), dense(3))
    case("reshape", [12], dict(op="reshape", shape=[3, 2, 2]), conv(2, 2))
    case("permute_table", [2, 3], dict(op="permute", axes=[1, 0]))
    case("permute_pictures", [2, 3, 4], dict(op="permute", axes=[2, 0, 1]))
    case("zero_pad", [2, 2, 3], dict(op="zero_pad", padding=[0, 1, 2, 3]))
    case("crop", [2, 5, 6], dict(op="crop", cropping=[1, 0, 2, 1]))
    case("gather_rows", [5], dict(op="gather", axis=0, indices=[4, 0, 0, 2]))
    case("gather_middle", [2, 4, 3], dict(op="gather", axis=1, indices=[3, 1, 1]))
    case("gather_last", [2, 4], dict(op="gather", axis=1, indices=[2, 2, 0]))
    case("scale_rows", [3], dict(op="scale", scale=[0.5, -2.0, 3.0], offset=[1.0, 0.0, -0.25]))
    case("scale_pictures", [2, 2, 3], dict(op="scale", scale=[0.5, -2.0, 3.0], offset=[1.0, 0.0, -0.25]))
    case("position_embedding", [4, 3], dict(op="position_embedding"))
    for cell in ("rnn", "gru", "lstm"):
        for bidirectional in (False, True):
            for sequences in (False, True):
                name = f"{cell}{'_both_ways' if bidirectional else ''}{'_sequences' if sequences else ''}"
                fields = dict(cell=cell, units=3, bidirectional=bidirectional, sequences=sequences)
                case(name, [5, 4], dict(op="recurrent", **fields))
    layer = dict(op="recurrent", cell="lstm", units=2)
    case("lstm_stacked", [4, 3], {**layer, "bidirectional": True, "sequences": True}, {**layer, "bidirectional": False, "sequences": False})
    case("attention_1_head", [3, 4], dict(op="attention", heads=1))
    case("attention_2_heads", [4, 6], dict(op="attention", heads=2))
    matrix = [0.5, -0.25, 0.0, 1.0, 0.75, -0.5, 0.25, 0.0, 2.0]
    case("mix_fixed", [2, 4, 3], dict(op="mix", matrix=matrix, learned=False))
    case("mix_learned", [2, 4, 3], dict(op="mix", matrix=matrix, learned=True))
    case("mix_rows", [3], dict(op="mix", matrix=matrix, learned=True))


def main():
    torch.manual_seed(0)
    cases()
    lines = ",\n".join(json.dumps(recorded, separators=(",", ":")) for recorded in CASES)
    print(f"[\n{lines}\n]")


if __name__ == "__main__":
    main()
