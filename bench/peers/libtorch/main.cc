// LibTorch C++ eager peers: "libtorch" (NCHW) and "libtorch_cl" (channels_last).
#include <torch/torch.h>
#include <torch/version.h>

#include "bench/peers/libtorch/measurement.h"

using namespace peers;
namespace nn = torch::nn;
namespace F = torch::nn::functional;
using torch::Tensor;

static uint64_t g_k = 0;  // next kernel number

static Tensor take(std::vector<int64_t> shape, double fan) {
  Tensor t = torch::empty(shape);
  fill_kernel(t.data_ptr<float>(), size_t(t.numel()), g_k++, fan);
  return t;
}
static Tensor relu_inplace(Tensor t) { return t.relu_(); }
static void zero_bias(Tensor& b) {
  if (b.defined()) b.zero_();
}

// hwc: {H, W, C} of the tensor flattened before this Dense
static nn::Linear dense(int64_t in, int64_t out, std::vector<int64_t> hwc = {}) {
  nn::Linear l(in, out);
  torch::NoGradGuard g;
  Tensor v = take({in, out}, double(in + out));
  l->weight.copy_(hwc.empty() ? v.t()
                              : v.reshape({hwc[0], hwc[1], hwc[2], out}).permute({3, 2, 0, 1}).reshape({out, in}));
  zero_bias(l->bias);
  return l;
}
static nn::Conv2d conv(int64_t in, int64_t out, int64_t k, int64_t s = 1, int64_t p = 0, bool bias = true,
                       int64_t groups = 1) {
  nn::Conv2d c(nn::Conv2dOptions(in, out, k).stride(s).padding(p).bias(bias).groups(groups));
  torch::NoGradGuard g;
  if (groups == 1) c->weight.copy_(take({k, k, in, out}, double(k * k * (in + out))).permute({3, 2, 0, 1}));
  zero_bias(c->bias);
  return c;
}
static nn::BatchNorm2d bn(int64_t c, double eps = 1e-3, double mom = 0.01) {
  return nn::BatchNorm2d(nn::BatchNorm2dOptions(c).eps(eps).momentum(mom));
}

struct Net : nn::Module {
  virtual Tensor run(const std::vector<Tensor>& x) = 0;
};

struct Mlp : Net {
  nn::Linear a, b, c;
  Mlp() : a(dense(784, 512)), b(dense(512, 256)), c(dense(256, 128)) {
    register_module("a", a);
    register_module("b", b);
    register_module("c", c);
  }
  Tensor tower(const Tensor& x) { return c(torch::relu(b(torch::relu(a(x))))); }
  Tensor run(const std::vector<Tensor>& x) override {
    if (x.size() == 1) return tower(x[0]);
    return torch::sqrt(torch::clamp_min((tower(x[0]) - tower(x[1])).square().sum(1), 1e-7));
  }
};

struct SiameseConv : Net {
  nn::Conv2d a, b;
  nn::Linear c;
  SiameseConv() : a(conv(3, 32, 3, 1, 1)), b(conv(32, 64, 3, 1, 1)), c(dense(16384, 128, {16, 16, 64})) {
    register_module("a", a);
    register_module("b", b);
    register_module("c", c);
  }
  Tensor tower(Tensor x) {
    x = torch::max_pool2d(torch::relu(a(x)), 2);
    x = torch::max_pool2d(torch::relu(b(x)), 2);
    return c(x.flatten(1));
  }
  Tensor run(const std::vector<Tensor>& x) override { return tower(x[0]) - tower(x[1]); }
};

struct Lenet : Net {
  nn::Conv2d a, b;
  nn::Linear c, d;
  Lenet() : a(conv(1, 32, 3, 1, 1)), b(conv(32, 64, 3, 1, 1)), c(dense(3136, 128, {7, 7, 64})), d(dense(128, 10)) {
    register_module("a", a);
    register_module("b", b);
    register_module("c", c);
    register_module("d", d);
  }
  Tensor run(const std::vector<Tensor>& in) override {
    Tensor x = torch::max_pool2d(torch::relu(a(in[0])), 2);
    x = torch::max_pool2d(torch::relu(b(x)), 2);
    return d(torch::relu(c(x.flatten(1))));
  }
};

struct Resnet20 : Net {
  struct Block : nn::Module {
    nn::Conv2d c1, c2, sc{nullptr};
    nn::BatchNorm2d b1, b2, sb{nullptr};
    Block(int64_t cin, int64_t c, int64_t s)
        : c1(conv(cin, c, 3, s, 1, false)), c2(conv(c, c, 3, 1, 1, false)), b1(bn(c)), b2(bn(c)) {
      register_module("c1", c1);
      register_module("c2", c2);
      register_module("b1", b1);
      register_module("b2", b2);
      if (s == 2) {
        sc = register_module("sc", conv(cin, c, 1, 2, 0, false));
        sb = register_module("sb", bn(c));
      }
    }
    Tensor forward(Tensor x) {
      Tensor y = b2(c2(relu_inplace(b1(c1(x)))));
      if (sc) x = sb(sc(x));
      return relu_inplace(x + y);
    }
  };
  nn::Conv2d c;
  nn::BatchNorm2d b;
  std::vector<std::shared_ptr<Block>> bl;
  nn::Linear fc{nullptr};
  Resnet20() : c(conv(3, 16, 3, 1, 1, false)), b(bn(16)) {
    register_module("c", c);
    register_module("b", b);
    int64_t cin = 16, f[3] = {16, 32, 64};
    for (int st = 0; st < 3; ++st)
      for (int i = 0; i < 3; ++i) {
        bl.push_back(
            register_module("bl" + std::to_string(bl.size()), std::make_shared<Block>(cin, f[st], st && !i ? 2 : 1)));
        cin = f[st];
      }
    fc = register_module("fc", dense(64, 10));
  }
  Tensor run(const std::vector<Tensor>& in) override {
    Tensor x = relu_inplace(b(c(in[0])));
    for (auto& m : bl) x = m->forward(x);
    return fc(x.mean({2, 3}));
  }
};

template <class R, class Opt, int G> struct Rnn : Net {
  R r;
  nn::Linear fc{nullptr};
  Rnn() : r(Opt(64, 128).batch_first(true)) {
    const int64_t d = 64, u = 128;
    torch::NoGradGuard g;
    Tensor wi = take({d, G * u}, double(d + G * u)).t(), wh = take({u, G * u}, double(u + G * u)).t();
    auto order = [&](const Tensor& a) {  // Keras z,r,h -> torch r,z,n
      return G == 4 ? a : torch::cat({a.slice(0, u, 2 * u), a.slice(0, 0, u), a.slice(0, 2 * u, 3 * u)});
    };
    auto p = r->named_parameters();
    p["weight_ih_l0"].copy_(order(wi));
    p["weight_hh_l0"].copy_(order(wh));
    p["bias_ih_l0"].zero_();
    p["bias_hh_l0"].zero_();
    if (G == 4) p["bias_ih_l0"].slice(0, u, 2 * u).fill_(1.0);
    register_module("r", r);
    fc = register_module("fc", dense(u, 10));
  }
  Tensor run(const std::vector<Tensor>& x) override { return fc(std::get<0>(r->forward(x[0])).select(1, -1)); }
};

struct Transformer : Net {
  // nn::MultiheadAttention of the C++ API has no fused path, so the block calls
  // scaled_dot_product_attention itself: the fastest thing the eager C++ API offers.
  struct Block : nn::Module {
    nn::Linear qkv{nullptr}, o{nullptr}, f1{nullptr}, f2{nullptr};
    nn::LayerNorm n1{nullptr}, n2{nullptr};
    Block() {
      const int64_t d = 256;
      qkv = register_module("qkv", nn::Linear(d, 3 * d));
      {
        torch::NoGradGuard g;
        for (int i = 0; i < 3; ++i) qkv->weight.slice(0, i * d, (i + 1) * d).copy_(take({d, d}, 2.0 * d).t());
        qkv->bias.zero_();
      }
      o = register_module("o", dense(d, d));
      f1 = register_module("f1", dense(d, 1024));
      f2 = register_module("f2", dense(1024, d));
      n1 = register_module("n1", nn::LayerNorm(nn::LayerNormOptions({d}).eps(1e-5)));
      n2 = register_module("n2", nn::LayerNorm(nn::LayerNormOptions({d}).eps(1e-5)));
    }
    Tensor forward(const Tensor& x) {
      int64_t b = x.size(0), t = x.size(1);
      auto h = qkv(x).view({b, t, 3, 4, 64}).permute({2, 0, 3, 1, 4});
      auto a = at::scaled_dot_product_attention(h[0], h[1], h[2]);
      Tensor y = n1(x + o(a.transpose(1, 2).reshape({b, t, 256})));
      return n2(y + f2(torch::gelu(f1(y))));
    }
  };
  std::vector<std::shared_ptr<Block>> bl;
  nn::Linear fc{nullptr};
  Transformer() {
    for (int i = 0; i < 4; ++i) bl.push_back(register_module("b" + std::to_string(i), std::make_shared<Block>()));
    fc = register_module("fc", dense(256, 10));
  }
  Tensor run(const std::vector<Tensor>& in) override {
    Tensor x = in[0];
    for (auto& b : bl) x = b->forward(x);
    return fc(x.mean(1));
  }
};

struct Resnet50 : Net {
  struct CB : nn::Module {
    nn::Conv2d c;
    nn::BatchNorm2d b;
    CB(int64_t i, int64_t o, int64_t k, int64_t s = 1, int64_t p = 0) : c(conv(i, o, k, s, p)), b(bn(o, 1.001e-5)) {
      register_module("c", c);
      register_module("b", b);
    }
    Tensor forward(const Tensor& x) { return b(c(x)); }
  };
  using P = std::shared_ptr<CB>;
  struct Block : nn::Module {
    P a, b, c, sc;
    Block(int64_t i, int64_t f, int64_t s, bool proj) {
      a = register_module("a", std::make_shared<CB>(i, f, 1, s));
      b = register_module("b", std::make_shared<CB>(f, f, 3, 1, 1));
      c = register_module("c", std::make_shared<CB>(f, 4 * f, 1));
      if (proj) sc = register_module("sc", std::make_shared<CB>(i, 4 * f, 1, s));
    }
    Tensor forward(const Tensor& x) {
      Tensor y = c->forward(relu_inplace(b->forward(relu_inplace(a->forward(x)))));
      return relu_inplace(y.add_(sc ? sc->forward(x) : x));
    }
  };
  P stem;
  std::vector<std::shared_ptr<Block>> bl;
  nn::Linear fc{nullptr};
  Resnet50() {
    stem = register_module("stem", std::make_shared<CB>(3, 64, 7, 2, 3));
    int64_t i = 64, f[4] = {64, 128, 256, 512}, n[4] = {3, 4, 6, 3};
    for (int s = 0; s < 4; ++s)
      for (int j = 0; j < n[s]; ++j) {
        bl.push_back(
            register_module("b" + std::to_string(bl.size()), std::make_shared<Block>(i, f[s], s && !j ? 2 : 1, !j)));
        i = 4 * f[s];
      }
    fc = register_module("fc", dense(2048, 1000));
  }
  Tensor run(const std::vector<Tensor>& in) override {
    Tensor x = torch::max_pool2d(relu_inplace(stem->forward(in[0])), 3, 2, 1);
    for (auto& b : bl) x = b->forward(x);
    return torch::softmax(fc(x.mean({2, 3})), 1);
  }
};

struct Mobilenet : Net {
  struct Block : nn::Module {
    nn::Sequential m;
    bool res;
    Block(int64_t i, int64_t o, int64_t s, int64_t t) : res(s == 1 && i == o) {
      int64_t e = i * t;
      if (t != 1) cb(m, i, e, 1, 1, 1, true);
      cb(m, e, e, 3, s, e, true);
      cb(m, e, o, 1, 1, 1, false);
      register_module("m", m);
    }
    Tensor forward(const Tensor& x) { return res ? x + m->forward(x) : m->forward(x); }
  };
  static void cb(nn::Sequential& m, int64_t i, int64_t o, int64_t k, int64_t s, int64_t g, bool act) {
    m->push_back(conv(i, o, k, s, (k - 1) / 2, false, g));
    m->push_back(bn(o, 1e-3, 0.001));
    if (act) m->push_back(nn::ReLU6(nn::ReLU6Options().inplace(true)));
  }
  nn::Sequential head, tail;
  std::vector<std::shared_ptr<Block>> bl;
  nn::Linear fc{nullptr};
  Mobilenet() {
    cb(head, 3, 32, 3, 2, 1, true);
    register_module("head", head);
    int64_t i = 32;
    const int64_t cfg[7][4] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                               {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
    for (auto& c : cfg)
      for (int64_t j = 0; j < c[2]; ++j) {
        bl.push_back(
            register_module("b" + std::to_string(bl.size()), std::make_shared<Block>(i, c[1], j ? 1 : c[3], c[0])));
        i = c[1];
      }
    cb(tail, 320, 1280, 1, 1, 1, true);
    register_module("tail", tail);
    fc = register_module("fc", dense(1280, 1000));
  }
  Tensor run(const std::vector<Tensor>& in) override {
    Tensor x = head->forward(in[0]);
    for (auto& b : bl) x = b->forward(x);
    return torch::softmax(fc(tail->forward(x).mean({2, 3})), 1);
  }
};

struct Spec {
  int batch;
  int inputs;
  std::vector<int64_t> shape;  // without batch, NHWC
  float lo;
  char labels;  // 'c' classes, 'b' bit, '-' none
  char opt;     // 'a' adam 1e-3, 's' sgd 0.01, 'm' sgd 0.01 momentum 0.9, 'i' inference, 'e' epoch
  std::function<std::shared_ptr<Net>()> make;
};
template <class T> static std::shared_ptr<Net> mk() { return std::make_shared<T>(); }

static Spec spec(const std::string& w) {
  using L = Rnn<nn::LSTM, nn::LSTMOptions, 4>;
  using U = Rnn<nn::GRU, nn::GRUOptions, 3>;
  if (w == "siamese_mlp_train") return {128, 2, {784}, 0, 'b', 's', mk<Mlp>};
  if (w == "siamese_conv_train") return {32, 2, {64, 64, 3}, 0, '-', 's', mk<SiameseConv>};
  if (w == "lenet_train") return {64, 1, {28, 28, 1}, 0, 'c', 'a', mk<Lenet>};
  if (w == "resnet20_train") return {128, 1, {32, 32, 3}, 0, 'c', 'm', mk<Resnet20>};
  if (w == "lstm_train") return {32, 1, {100, 64}, -1, 'c', 'a', mk<L>};
  if (w == "gru_train") return {32, 1, {100, 64}, -1, 'c', 'a', mk<U>};
  if (w == "transformer_train") return {16, 1, {128, 256}, -1, 'c', 'a', mk<Transformer>};
  if (w == "resnet50_infer_b1") return {1, 1, {224, 224, 3}, 0, '-', 'i', mk<Resnet50>};
  if (w == "resnet50_infer_b8") return {8, 1, {224, 224, 3}, 0, '-', 'i', mk<Resnet50>};
  if (w == "mobilenetv2_infer_b1") return {1, 1, {224, 224, 3}, 0, '-', 'i', mk<Mobilenet>};
  if (w == "mlp_infer_b1") return {1, 1, {784}, 0, '-', 'i', mk<Mlp>};
  if (w == "lenet_infer_b1") return {1, 1, {28, 28, 1}, 0, '-', 'i', mk<Lenet>};
  if (w == "fashion_epoch") return {64, 1, {28, 28, 1}, 0, 'c', 'e', mk<Lenet>};
  std::fprintf(stderr, "workload %s is not in this peer\n", w.c_str());
  std::exit(2);
}

static Tensor layout(Tensor t, bool cl) {
  if (t.dim() != 4) return t;
  t = t.permute({0, 3, 1, 2});
  return cl ? t : t.contiguous();
}

int main(int argc, char** argv) {
  Args a = parse(argc, argv, "libtorch");
  at::set_num_threads(a.threads);
  const bool cl = a.peer == "libtorch_cl";
  Spec s = spec(a.workload);
  s.batch *= a.batch_factor;
  const std::string version = "libtorch " TORCH_VERSION;

  std::vector<Tensor> xs;
  Tensor y;
  if (s.opt != 'e') {
    for (int i = 0; i < s.inputs; ++i) {
      std::vector<int64_t> sh = s.shape;
      sh.insert(sh.begin(), s.batch);
      Tensor t = torch::empty(sh);
      fill_uniform(t.data_ptr<float>(), size_t(t.numel()), INPUT + uint64_t(i), s.lo, 1.0f);
      xs.push_back(layout(t, cl));
    }
    if (s.labels != '-') {
      y = torch::empty({s.batch}, s.labels == 'c' ? torch::kLong : torch::kFloat);
      for (int i = 0; i < s.batch; ++i) {
        uint64_t h = hash_u64(LABEL, uint64_t(i));
        if (s.labels == 'c')
          y.data_ptr<int64_t>()[i] = int64_t(h % 10);
        else
          y.data_ptr<float>()[i] = float(h % 2);
      }
    }
  }
  double data_ready = 0;
  if (s.opt == 'e') {
    auto xi = gunzip(a.data + "/train-images-idx3-ubyte.gz", 16 + 60000u * 784u);
    auto li = gunzip(a.data + "/train-labels-idx1-ubyte.gz", 8 + 60000u);
    if (xi.size() != 16 + 60000u * 784u || li.size() != 60008u) {
      std::fprintf(stderr, "bad data\n");
      return 2;
    }
    Tensor t = torch::empty({60000, 28, 28, 1});
    float* p = t.data_ptr<float>();
    for (size_t i = 0; i < 60000u * 784u; ++i) p[i] = float(xi[16 + i]) / 255.0f;
    xs.push_back(layout(t, cl));
    y = torch::empty({60000}, torch::kLong);
    for (int i = 0; i < 60000; ++i) y.data_ptr<int64_t>()[i] = li[8 + size_t(i)];
    data_ready = since_start_s();
  }

  auto net = s.make();
  int64_t params = 0;
  for (auto& p : net->parameters()) params += p.numel();
  for (auto& b : net->buffers())
    if (b.scalar_type() == torch::kFloat) params += b.numel();
  if (cl) {
    torch::NoGradGuard g;
    for (auto& p : net->parameters())
      if (p.dim() == 4) p.set_data(p.contiguous(at::MemoryFormat::ChannelsLast));
  }
  Recorder rec{a.seconds};

  if (s.opt == 'i') {
    net->eval();
    c10::InferenceMode guard;
    rec.loop([&] { return double(net->run(xs).flatten()[0].item<float>()); });
    emit(a, rec, s.batch, params, version);
    return 0;
  }

  net->train();
  std::unique_ptr<torch::optim::Optimizer> opt;
  if (s.opt == 'a' || s.opt == 'e')
    opt = std::make_unique<torch::optim::Adam>(net->parameters(), torch::optim::AdamOptions(1e-3).eps(1e-7));
  else
    opt = std::make_unique<torch::optim::SGD>(net->parameters(),
                                              torch::optim::SGDOptions(0.01).momentum(s.opt == 'm' ? 0.9 : 0.0));
  auto loss_of = [&](const Tensor& p, const Tensor& t) -> Tensor {
    if (s.labels == 'c') return F::cross_entropy(p, t);
    if (s.labels == 'b') return (t * p.square() + (1.0 - t) * torch::clamp_min(1.0 - p, 0.0).square()).mean();
    return p.square().mean();
  };

  if (s.opt == 'e') {
    rec.seconds = 1e9;
    torch::manual_seed(1);
    int64_t t0 = mono_ns(), t1 = t0;
    Tensor perm = torch::randperm(60000);
    int64_t hits = 0;
    for (int64_t i = 0; i < 60000; i += s.batch) {
      Tensor j = perm.slice(0, i, std::min<int64_t>(i + s.batch, 60000));
      Tensor bx = xs[0].index_select(0, j), by = y.index_select(0, j);
      opt->zero_grad();
      Tensor p = net->run({bx});
      Tensor loss = loss_of(p, by);
      loss.backward();
      opt->step();
      double lv = loss.item<float>();
      hits += (p.argmax(1) == by).sum().item<int64_t>();
      int64_t now = mono_ns();
      rec.feed(now - t1, lv);
      t1 = now;
    }
    char buf[160];
    std::snprintf(buf, sizeof buf, "\"epoch_s\": %.3f, \"data_ready_s\": %.3f, \"wall_s\": %.3f, \"train_acc\": %.4f, ",
                  (mono_ns() - t0) / 1e9, data_ready, since_start_s(), double(hits) / 60000);
    emit(a, rec, s.batch, params, version, buf);
    return 0;
  }

  rec.loop([&] {
    opt->zero_grad();
    Tensor loss = loss_of(net->run(xs), y);
    loss.backward();
    opt->step();
    return double(loss.item<float>());
  });
  emit(a, rec, s.batch, params, version);
  return 0;
}
