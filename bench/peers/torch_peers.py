"""PyTorch, eager and compiled. One line of JSON per run; see README.md."""
import measurement  # first: it reads the clock of the process
import workloads

PEERS = [
    "torch_eager",
    "torch_eager_cl",    # conv nets in channels_last memory format
    "torch_compile",     # inductor; inference with freezing (weights as constants, prepacked)
    "torch_compile_cl",  # the same with channels_last
    "torch_jit",         # training: trace; inference: trace + freeze + optimize_for_inference
]

# ---------------------------------------------------------------- networks
# Layers are created in cornu-bench's order; `reg` fixes the numbering of the kernels.
# Inputs arrive as NCHW / NTC. reg(module, hwc=None): hwc gives (H, W, C) for a Dense that
# follows a Flatten, so that its rows can be reordered from Keras' NHWC flattening.


class Reg:
    def __init__(self):
        self.items = []

    def __call__(self, m, hwc=None):
        self.items.append((m, hwc))
        return m


def init_kernels(reg):
    import torch
    from torch import nn
    k = [0]

    def take(shape, fan):
        v = torch.from_numpy(workloads.kernel(k[0], shape, fan))
        k[0] += 1
        return v
    with torch.no_grad():
        for m, hwc in reg.items:
            if isinstance(m, nn.Linear):
                v = take((m.in_features, m.out_features), m.in_features + m.out_features)
                if hwc:
                    v = v.reshape(hwc + (m.out_features,)).permute(3, 2, 0, 1).reshape(m.out_features, -1)
                else:
                    v = v.t()
                m.weight.copy_(v)
                m.bias.zero_()
            elif isinstance(m, nn.Conv2d):
                kh, kw = m.kernel_size
                v = take((kh, kw, m.in_channels, m.out_channels),
                         kh * kw * (m.in_channels + m.out_channels))
                m.weight.copy_(v.permute(3, 2, 0, 1))
                if m.bias is not None:
                    m.bias.zero_()
            elif isinstance(m, (nn.LSTM, nn.GRU)):
                u, d = m.hidden_size, m.input_size
                g = 4 if isinstance(m, nn.LSTM) else 3
                wi = take((d, g * u), d + g * u).t()
                wh = take((u, g * u), u + g * u).t()
                if g == 3:  # Keras z,r,h -> torch r,z,n
                    wi, wh = (torch.cat([a[u:2 * u], a[:u], a[2 * u:]]) for a in (wi, wh))
                m.weight_ih_l0.copy_(wi)
                m.weight_hh_l0.copy_(wh)
                m.bias_ih_l0.zero_()
                m.bias_hh_l0.zero_()
                if g == 4:
                    m.bias_ih_l0[u:2 * u] = 1.0
            elif isinstance(m, nn.MultiheadAttention):
                d = m.embed_dim
                for i in range(3):
                    m.in_proj_weight[i * d:(i + 1) * d].copy_(take((d, d), 2 * d).t())
                m.in_proj_bias.zero_()
                m.out_proj.weight.copy_(take((d, d), 2 * d).t())
                m.out_proj.bias.zero_()
            else:
                raise TypeError(type(m))


def siamese_mlp(R):
    from torch import nn
    import torch

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.t = nn.Sequential(R(nn.Linear(784, 512)), nn.ReLU(), R(nn.Linear(512, 256)),
                                   nn.ReLU(), R(nn.Linear(256, 128)))

        def forward(self, a, b):
            return torch.sqrt(torch.clamp((self.t(a) - self.t(b)).square().sum(1), min=1e-7))
    return Net()


def mlp_tower(R):
    from torch import nn
    return nn.Sequential(R(nn.Linear(784, 512)), nn.ReLU(), R(nn.Linear(512, 256)), nn.ReLU(),
                         R(nn.Linear(256, 128)))


def siamese_conv(R):
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.t = nn.Sequential(R(nn.Conv2d(3, 32, 3, padding=1)), nn.ReLU(), nn.MaxPool2d(2),
                                   R(nn.Conv2d(32, 64, 3, padding=1)), nn.ReLU(), nn.MaxPool2d(2),
                                   nn.Flatten(), R(nn.Linear(16384, 128), hwc=(16, 16, 64)))

        def forward(self, a, b):
            return self.t(a) - self.t(b)
    return Net()


def lenet(R):
    from torch import nn
    return nn.Sequential(R(nn.Conv2d(1, 32, 3, padding=1)), nn.ReLU(), nn.MaxPool2d(2),
                         R(nn.Conv2d(32, 64, 3, padding=1)), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Flatten(), R(nn.Linear(3136, 128), hwc=(7, 7, 64)), nn.ReLU(),
                         R(nn.Linear(128, 10)))


def resnet20(R):
    from torch import nn
    import torch.nn.functional as F

    def bn(c):
        return nn.BatchNorm2d(c, eps=1e-3, momentum=0.01)

    class Block(nn.Module):
        def __init__(self, cin, c, s):
            super().__init__()
            self.c1 = R(nn.Conv2d(cin, c, 3, s, 1, bias=False))
            self.b1 = bn(c)
            self.c2 = R(nn.Conv2d(c, c, 3, 1, 1, bias=False))
            self.b2 = bn(c)
            self.sc = None
            if s == 2:
                self.sc = R(nn.Conv2d(cin, c, 1, 2, bias=False))
                self.sb = bn(c)

        def forward(self, x):
            y = self.b2(self.c2(F.relu(self.b1(self.c1(x)), inplace=True)))
            if self.sc is not None:
                x = self.sb(self.sc(x))
            return F.relu(x + y, inplace=True)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.c = R(nn.Conv2d(3, 16, 3, 1, 1, bias=False))
            self.b = bn(16)
            blocks, cin = [], 16
            for st, f in enumerate((16, 32, 64)):
                for i in range(3):
                    blocks.append(Block(cin, f, 2 if st and not i else 1))
                    cin = f
            self.blocks = nn.Sequential(*blocks)
            self.fc = R(nn.Linear(64, 10))

        def forward(self, x):
            x = self.blocks(F.relu(self.b(self.c(x)), inplace=True))
            return self.fc(x.mean((2, 3)))
    return Net()


def rnn(kind, d=64, u=128):
    def build(R):
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.r = R((nn.LSTM if kind == "lstm" else nn.GRU)(d, u, batch_first=True))
                self.fc = R(nn.Linear(u, 10))

            def forward(self, x):
                o, _ = self.r(x)
                return self.fc(o[:, -1])
        return Net()
    return build


def transformer(R):
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            bl = []
            for _ in range(4):
                e = nn.TransformerEncoderLayer(256, 4, 1024, dropout=0.0, activation="gelu",
                                               batch_first=True, norm_first=False, layer_norm_eps=1e-5)
                R(e.self_attn), R(e.linear1), R(e.linear2)
                bl.append(e)
            self.bl = nn.Sequential(*bl)
            self.fc = R(nn.Linear(256, 10))

        def forward(self, x):
            return self.fc(self.bl(x).mean(1))
    return Net()


def resnet50(R):
    from torch import nn
    import torch.nn.functional as F

    class CB(nn.Sequential):
        def __init__(self, i, o, k, s=1, p=0):
            super().__init__(nn.Conv2d(i, o, k, s, p), nn.BatchNorm2d(o, eps=1.001e-5, momentum=0.01))

    class Block(nn.Module):
        def __init__(self, i, f, s, sc):
            super().__init__()
            self.sc = CB(i, 4 * f, 1, s) if sc else None
            self.a, self.b, self.c = CB(i, f, 1, s), CB(f, f, 3, 1, 1), CB(f, 4 * f, 1)

        def forward(self, x):
            y = self.c(F.relu(self.b(F.relu(self.a(x), inplace=True)), inplace=True))
            return F.relu(y + (x if self.sc is None else self.sc(x)), inplace=True)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = CB(3, 64, 7, 2, 3)
            bl, i = [], 64
            for f, n, s in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
                for j in range(n):
                    bl.append(Block(i, f, s if j == 0 else 1, j == 0))
                    i = 4 * f
            self.bl = nn.Sequential(*bl)
            self.fc = nn.Linear(2048, 1000)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.stem(x), inplace=True), 3, 2, 1)
            return F.softmax(self.fc(self.bl(x).mean((2, 3))), 1)
    return Net()


def mobilenetv2(R):
    from torch import nn
    import torch.nn.functional as F

    def cb(i, o, k, s=1, g=1, act=True):
        m = [nn.Conv2d(i, o, k, s, (k - 1) // 2, groups=g, bias=False),
             nn.BatchNorm2d(o, eps=1e-3, momentum=0.001)]
        return m + [nn.ReLU6(inplace=True)] if act else m

    class Block(nn.Module):
        def __init__(self, i, o, s, t):
            super().__init__()
            e = i * t
            m = cb(i, e, 1) if t != 1 else []
            self.m = nn.Sequential(*(m + cb(e, e, 3, s, e) + cb(e, o, 1, act=False)))
            self.res = s == 1 and i == o

        def forward(self, x):
            return x + self.m(x) if self.res else self.m(x)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            m, i = cb(3, 32, 3, 2), 32
            for t, c, n, s in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
                               (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
                for j in range(n):
                    m.append(Block(i, c, s if j == 0 else 1, t))
                    i = c
            self.f = nn.Sequential(*(m + cb(320, 1280, 1)))
            self.fc = nn.Linear(1280, 1000)

        def forward(self, x):
            return F.softmax(self.fc(self.f(x).mean((2, 3))), 1)
    return Net()


BUILDERS = {
    "siamese_mlp_train": siamese_mlp, "siamese_conv_train": siamese_conv, "lenet_train": lenet,
    "resnet20_train": resnet20, "lstm_train": rnn("lstm"), "gru_train": rnn("gru"),
    "transformer_train": transformer, "resnet50_infer_b1": resnet50, "resnet50_infer_b8": resnet50,
    "mobilenetv2_infer_b1": mobilenetv2, "mlp_infer_b1": mlp_tower, "lenet_infer_b1": lenet,
    "fashion_epoch": lenet,
}
LOSSES = {}


def sparse_ce(y, p):
    import torch.nn.functional as F
    return F.cross_entropy(p, y)


def contrastive(y, d):
    return (y * d.square() + (1.0 - y) * (1.0 - d).clamp(min=0).square()).mean()


def mean_square(y, d):
    return d.square().mean()


LOSSES["siamese_mlp_train"] = contrastive
LOSSES["siamese_conv_train"] = mean_square

# ---------------------------------------------------------------- running


def build(name):
    r = Reg()
    m = BUILDERS[name](r)
    init_kernels(r)
    return m


def to_torch(x, cl):
    import torch
    t = torch.from_numpy(x)
    if t.dim() == 4:  # NHWC -> NCHW
        t = t.permute(0, 3, 1, 2)
        t = t if cl else t.contiguous()
    return t


def to_label(y):
    import torch
    if y is None:
        return None
    t = torch.from_numpy(y)
    return t.long() if t.dtype == torch.int32 else t


def optimizer(spec, params):
    import torch
    if spec[0] == "sgd":
        return torch.optim.SGD(params, lr=spec[1], momentum=spec[2])
    # the fused implementation is the fastest of the three the class offers on CPU
    return torch.optim.Adam(params, lr=spec[1], eps=1e-7, fused=True)


def nparams(m):
    import torch
    return (sum(p.numel() for p in m.parameters())
            + sum(b.numel() for b in m.buffers() if b.dtype == torch.float32))


def train(args, w):
    import torch
    cl = args.peer.endswith("_cl")
    xs, y = workloads.make_batch(w)
    model = build(args.workload)
    if cl:
        model = model.to(memory_format=torch.channels_last)
    model.train().to(args.device)
    n = nparams(model)
    xs, y = [to_torch(x, cl).to(args.device) for x in xs], to_label(y)
    y = None if y is None else y.to(args.device)
    loss_fn = LOSSES.get(args.workload, sparse_ce)
    opt = optimizer(w["opt"], model.parameters())
    if args.peer == "torch_jit":
        model = torch.jit.trace(model, tuple(xs))

    def fwd(*xs):
        return loss_fn(y, model(*xs))
    if args.peer.startswith("torch_compile"):
        # On a card the mode that replays CUDA graphs is the fastest for networks of this size.
        fwd = torch.compile(fwd, mode="reduce-overhead" if args.device == "cuda" else None)

    def step():
        opt.zero_grad(set_to_none=True)
        loss = fwd(*xs)
        loss.backward()
        opt.step()
        return loss.item()
    rec = measurement.Recorder(args.seconds)
    rec.loop(step)
    measurement.emit(args, "torch %s" % torch.__version__, rec, w["batch"], params=n)


def infer(args, w):
    import torch
    cl = args.peer.endswith("_cl")
    xs, _ = workloads.make_batch(w)
    model = build(args.workload).eval()
    n = nparams(model)
    if cl:
        model = model.to(memory_format=torch.channels_last)
    x = to_torch(xs[0], cl)
    rec = measurement.Recorder(args.seconds)
    with torch.inference_mode():
        f = model
        if args.peer.startswith("torch_compile"):
            import torch._inductor.config as ic
            ic.freezing = True
            f = torch.compile(model)
    if args.peer == "torch_jit":
        with torch.no_grad():
            f = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(model, x)))
    ctx = torch.no_grad if args.peer.startswith("torch_compile") else torch.inference_mode
    with ctx():
        rec.loop(lambda: f(x).flatten()[0].item())
    measurement.emit(args, "torch %s" % torch.__version__, rec, w["batch"], params=n)


def epoch(args, w):
    import time
    import torch
    cl = args.peer.endswith("_cl")
    x, y = workloads.load_fashion(args.data)
    x, y = to_torch(x, cl), torch.from_numpy(y).long()
    t_data = measurement.since_start_s()
    torch.manual_seed(1)
    model = build(args.workload)
    n = nparams(model)
    if cl:
        model = model.to(memory_format=torch.channels_last)
    opt = optimizer(w["opt"], model.parameters())
    if args.peer == "torch_jit":
        model = torch.jit.trace(model, x[:w["batch"]])

    def fwd(a, b):
        p = model(a)
        return sparse_ce(b, p), (p.argmax(1) == b).sum()
    if args.peer.startswith("torch_compile"):
        fwd = torch.compile(fwd)
    rec = measurement.Recorder(1e9)
    t0 = t = time.perf_counter()
    perm, hits, tot = torch.randperm(len(x)), 0, 0.0
    for i in range(0, len(x), w["batch"]):
        j = perm[i:i + w["batch"]]
        opt.zero_grad(set_to_none=True)
        loss, ok = fwd(x[j], y[j])
        loss.backward()
        opt.step()
        lv = loss.item()
        hits += ok.item()
        tot += lv * len(j)
        now = time.perf_counter()
        rec.feed(now - t, lv)
        t = now
    t_epoch = time.perf_counter() - t0
    rec.last = tot / len(x)
    measurement.emit(args, "torch %s" % torch.__version__, rec, w["batch"], epoch_s=round(t_epoch, 3),
           data_ready_s=round(t_data, 3), wall_s=round(measurement.since_start_s(), 3),
           train_acc=round(hits / len(x), 4), params=n)


def main():
    args = measurement.parse_args(PEERS)
    import torch
    torch.set_num_threads(args.threads)
    torch.backends.cudnn.allow_tf32 = args.tf32
    torch.backends.cuda.matmul.allow_tf32 = args.tf32
    torch.backends.cudnn.benchmark = True
    w = workloads.workload(args.workload, args.batch_factor)
    {"train": train, "infer": infer, "epoch": epoch}[w["kind"]](args, w)


if __name__ == "__main__":
    main()
