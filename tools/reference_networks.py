"""What Keras and PyTorch answer for the zoo's picture networks, with weights and a picture by formula.

    python tools/reference_networks.py keras > crates/kihap-zoo/tests/golden/networks-keras.json
    python tools/reference_networks.py torch > crates/kihap-zoo/tests/golden/networks-torch.json

The first needs PyPI `tensorflow-cpu` (recorded with 2.21, Keras 3.15), the second `torch` (2.15) and `torchvision` (0.29);
they do not go together in one process. Numbers of the weight
called `name` (as in `Graph::parameters`, in its shape there) and of the picture called "input" come from

    h = fnv1a(name) + i * 2654435761;  h ^= h >> 15;  h *= 2246822519;  h ^= h >> 13;  u = h / 2^31 - 1

in 32 bits without sign: i counts the numbers from 0, u lies in -1..1. A picture is `scale` * u, large enough for ReLU6 and
the normalisation of responses to matter. Weights named `.weight` are
u * sqrt(6 / inputs of a unit), as He's, so that the answer depends on the picture; `.bias`, `.offset` and `.mean` 0.2 u,
`.scale` 1 + 0.2 u, `.variance` 1 + 0.3 u. Everything is computed in 64 bits.
"""

import json
import os
import sys

import numpy as np

CLASSES = 8
APPLICATIONS = {
    "resnet50": "ResNet50",
    "nasnet-mobile": "NASNetMobile",
    "mobilenet-v1": "MobileNet",
    "mobilenet-v2": "MobileNetV2",
    "mobilenet-v3-small": "MobileNetV3Small",
    "mobilenet-v3-large": "MobileNetV3Large",
}
# Sides that halve to odd and to even numbers, so that every kind of padding is met.
KERAS_CASES = [
    ("resnet50", 90, 1.0),
    ("nasnet-mobile", 90, 1.0),
    ("nasnet-mobile", 101, 1.0),
    ("mobilenet-v1", 90, 1.0),
    ("mobilenet-v1", 97, 0.75),
    ("mobilenet-v2", 90, 1.0),
    ("mobilenet-v2", 97, 0.35),
    ("mobilenet-v2", 64, 1.4),
    ("mobilenet-v3-small", 90, 1.0),
    ("mobilenet-v3-small", 97, 0.75),
    ("mobilenet-v3-large", 90, 1.0),
    ("mobilenet-v3-large", 97, 1.3),
]


def fnv1a(name):
    h = 2166136261
    for byte in name.encode():
        h = (h ^ byte) * 16777619 % 2**32
    return h


def noise(name, shape):
    h = np.arange(np.prod(shape), dtype=np.uint32) * np.uint32(2654435761) + np.uint32(fnv1a(name))
    h ^= h >> np.uint32(15)
    h *= np.uint32(2246822519)
    h ^= h >> np.uint32(13)
    return (h / 2.0**31 - 1.0).reshape(shape)


def weight(name, *shape):
    """In the zoo's shape: [out, in, rows, columns] or [in, out]."""
    inputs = np.prod(shape[1:]) if len(shape) == 4 else shape[0]
    return noise(name, shape) * np.sqrt(6.0 / inputs)


def small(name, *shape):
    return 0.2 * noise(name, shape)


def norm(name, channels):
    """Scale, offset, mean, variance."""
    part = lambda part: noise(f"{name}.{part}", (channels,))
    return [1 + 0.2 * part("scale"), 0.2 * part("offset"), 0.2 * part("mean"), 1 + 0.3 * part("variance")]


# Fully connected in the zoo, convolutions of a single pixel in Keras.
def is_pixel(layer):
    return layer.name in ("conv_preds", "conv_2", "logits") or "squeeze_excite_conv" in layer.name


def keras_weights(layer):
    name, kind = layer.name, type(layer).__name__
    shapes = [w.shape for w in layer.weights]
    to_keras = lambda w: w.transpose(2, 3, 1, 0)
    depthwise_to_keras = lambda w: w.transpose(2, 3, 0, 1)
    if kind == "Conv2D":
        rows, columns, inputs, outputs = shapes[0]
        if is_pixel(layer):
            kernel = weight(f"{name}.weight", inputs, outputs).reshape(shapes[0])
        else:
            kernel = to_keras(weight(f"{name}.weight", outputs, inputs, rows, columns))
        return [kernel] + [small(f"{name}.bias", *s) for s in shapes[1:]]
    if kind == "DepthwiseConv2D":
        rows, columns, channels, _ = shapes[0]
        return [depthwise_to_keras(weight(f"{name}.weight", channels, 1, rows, columns))]
    if kind == "SeparableConv2D":
        rows, columns, channels, _ = shapes[0]
        return [
            depthwise_to_keras(weight(f"{name}_depthwise.weight", channels, 1, rows, columns)),
            to_keras(weight(f"{name}_pointwise.weight", shapes[1][3], channels, 1, 1)),
        ]
    if kind == "Dense":
        return [weight(f"{name}.weight", *shapes[0]), small(f"{name}.bias", *shapes[1])]
    if kind == "BatchNormalization":
        return norm(name, shapes[0][0])
    assert not shapes, f"{name} is a {kind}"
    return []


def ask_keras(model, side, scale):
    for layer in model.layers:
        layer.set_weights(keras_weights(layer))
    picture = scale * noise("input", (3, side, side))
    return model(picture.transpose(1, 2, 0)[None], training=False).numpy()[0], model.count_params()


def application(name, side, width):
    import keras

    options = {} if width == 1.0 else {"alpha": width}
    if "v3" in name:
        options["include_preprocessing"] = False
    keras.utils.clear_session()
    return getattr(keras.applications, APPLICATIONS[name])(
        weights=None, input_shape=(side, side, 3), classes=CLASSES, classifier_activation=None, **options
    )


def catdog(side):
    import keras

    keras.utils.clear_session()
    layers = keras.layers
    body = [keras.Input((side, side, 3))]
    for filters in (16, 32, 64):
        body += [layers.Conv2D(filters, 3, activation="relu"), layers.MaxPooling2D(2)]
    return keras.Sequential(body + [layers.Flatten(), layers.Dense(512, activation="relu"), layers.Dense(CLASSES)])


def picture_for_torch(side, scale):
    import torch

    return torch.from_numpy(scale * noise("input", (1, 3, side, side)))


def googlenet(side, scale):
    import torch
    import torchvision

    model = torchvision.models.googlenet(
        weights=None, aux_logits=False, init_weights=False, num_classes=CLASSES, transform_input=False
    ).double()
    state = {}
    for key, value in model.state_dict().items():
        layer, part = key.rsplit(".", 1)
        shape = tuple(value.shape)
        ours = {"weight": "scale", "bias": "offset", "running_mean": "mean", "running_var": "variance"}
        if part == "num_batches_tracked":
            made = value.numpy()
        elif layer.endswith(".bn"):
            made = norm(layer, shape[0])[["scale", "offset", "mean", "variance"].index(ours[part])]
        elif part == "bias":
            made = small(key, *shape)
        else:
            made = weight(key, *shape) if len(shape) == 4 else weight(key, *reversed(shape)).T
        state[key] = torch.from_numpy(np.ascontiguousarray(made))
    model.load_state_dict(state)
    with torch.no_grad():
        logits = model.eval()(picture_for_torch(side, scale))[0].numpy()
    return logits, sum(p.numel() for p in model.parameters())


def alexnet(side, scale):
    """The paper's layers in one tower, with its own formula of local response normalisation."""
    import torch
    import torch.nn.functional as F

    made = []

    def make(name, *shape):
        w = weight(f"{name}.weight", *shape)
        made.append(w.size + (b := small(f"{name}.bias", shape[0] if len(shape) == 4 else shape[1])).size)
        return torch.from_numpy(w), torch.from_numpy(b)

    def convolution(x, name, outputs, size, stride, padding):
        w, b = make(name, outputs, x.shape[1], size, size)
        return F.relu(F.conv2d(x, w, b, stride, padding))

    def respond(x):
        squares, total = x * x, torch.zeros_like(x)
        for channel in range(x.shape[1]):
            total[:, channel] = squares[:, max(channel - 2, 0) : channel + 3].sum(1)
        return F.max_pool2d(x / (2 + 1e-4 * total) ** 0.75, 3, 2)

    def dense(x, name, outputs):
        w, b = make(name, x.shape[1], outputs)
        return x @ w + b

    x = respond(convolution(picture_for_torch(side, scale), "conv1", 96, 11, 4, 0))
    x = respond(convolution(x, "conv2", 256, 5, 1, 2))
    x = convolution(x, "conv3", 384, 3, 1, 1)
    x = convolution(x, "conv4", 384, 3, 1, 1)
    x = F.max_pool2d(convolution(x, "conv5", 256, 3, 1, 1), 3, 2).flatten(1)
    x = F.relu(dense(x, "fc6", 4096))
    x = F.relu(dense(x, "fc7", 4096))
    return dense(x, "fc8", CLASSES)[0].numpy(), sum(made)


def main():
    peer, cases = sys.argv[1], []

    def add(network, side, width, scale, ask):
        logits, parameters = ask(side, scale)
        case = {"network": network, "side": side, "width": width, "scale": scale, "parameters": parameters}
        cases.append(case | {"logits": [float(f"{v:.7g}") for v in logits]})

    if peer == "keras":
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        import keras

        keras.config.set_floatx("float64")
        add("catdog-cnn", 75, 1.0, 4.0, lambda side, scale: ask_keras(catdog(side), side, scale))
        for network, side, width in KERAS_CASES:
            ask = lambda side, scale: ask_keras(application(network, side, width), side, scale)
            add(network, side, width, 4.0, ask)
    else:
        add("alexnet", 99, 1.0, 200.0, alexnet)
        add("googlenet", 90, 1.0, 4.0, googlenet)
        add("googlenet", 97, 1.0, 4.0, googlenet)
    print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")


main()
