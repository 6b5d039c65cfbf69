// The sums over all rows that batch_norm_training and its gradient begin with. Lines are channels.

namespace device {

// How far a set of numbers is spread: with a mean in double these can be merged without loss (Chan et al., 1979).
struct Moments {
  double count;
  double mean;
  double squares;  // of the distances from the mean
};

// Each thread takes its first element for its estimate of the mean, and sums the distances from it and their squares:
// x is read once, and squares differ little from those around the mean, however far that is from 0.
template <typename Plan, typename Element> struct MomentsOf {
  using Index = typename Plan::Index;
  using Value = typename Element::Value;
  struct Accumulator {
    int count;  // some thousand at most
    Value center;
    Value sum;
    Value squares;
  };
  using Folded = Moments;
  using Item = Pack<typename Element::Stored, Plan::kWidth>;
  Source<Element, Plan::kWidth> x;

  CORNU_DEVICE MomentsOf(const Place<Plan>&, void* const* at) : x(at[0]) {}
  static CORNU_DEVICE Accumulator start() { return {0, 0, 0, 0}; }
  CORNU_DEVICE Item load(Index, Index offset) const { return x.load(offset); }
  CORNU_DEVICE void add(Accumulator& a, const Item& item, int k, Index) const {
    const Value value = Element::load(item.values[k]);
    if (a.count == 0) a.center = value;
    const Value distance = value - a.center;
    ++a.count;
    a.sum += distance;
    a.squares += distance * distance;
  }
  static CORNU_DEVICE Folded folded(const Accumulator& a) {
    if (a.count == 0) return {0.0, 0.0, 0.0};
    const double n = a.count;
    const double sum = static_cast<double>(a.sum);
    return {n, static_cast<double>(a.center) + sum / n, static_cast<double>(a.squares) - sum * (sum / n)};
  }
  static CORNU_DEVICE Folded merged(const Folded& a, const Folded& b) {
    if (b.count == 0.0) return a;
    const double all = a.count + b.count;
    const double difference = b.mean - a.mean;
    const double part = b.count / all;
    return {all, a.mean + difference * part, a.squares + b.squares + difference * difference * (a.count * part)};
  }
};

// mean, variance and gamma / sqrt(variance + epsilon); operands: gamma, then these. Of no rows they are NaN.
template <typename Settings, typename Element> struct StoreMoments {
  using Stored = typename Element::Stored;
  const Stored* gamma;
  Stored* mean;
  Stored* variance;
  Stored* scale;

  explicit CORNU_DEVICE StoreMoments(void* const* at)
      : gamma(static_cast<const Stored*>(at[0])),
        mean(static_cast<Stored*>(at[1])),
        variance(static_cast<Stored*>(at[2])),
        scale(static_cast<Stored*>(at[3])) {}
  template <typename Index> CORNU_DEVICE void operator()(Index, Index channel, const Moments& moments) const {
    using Value = typename Element::Value;
    const double v = moments.squares / moments.count;
    const double m = moments.count > 0.0 ? moments.mean : v;
    const double factor = static_cast<double>(Element::load(gamma[channel])) / sqrt(v + Settings::epsilon());
    mean[channel] = Element::store(static_cast<Value>(m));
    variance[channel] = Element::store(static_cast<Value>(v));
    scale[channel] = Element::store(static_cast<Value>(factor));
  }
};

struct GradientSums {
  double sum;      // of dy
  double product;  // of dy (x - mean)
};

// Operands: x, mean, dy.
template <typename Plan, typename Element> struct GradientSumsOf {
  using Index = typename Plan::Index;
  using Value = typename Element::Value;
  using Stored = typename Element::Stored;
  struct Accumulator {
    Value sum;
    Value product;
  };
  using Folded = GradientSums;
  struct Item {
    Pack<Stored, Plan::kWidth> x;
    Pack<Stored, Plan::kWidth> dy;
  };
  Source<Element, Plan::kWidth> x;
  Source<Element, Plan::kWidth> dy;
  Value mean[Plan::kWidth];

  CORNU_DEVICE GradientSumsOf(const Place<Plan>& place, void* const* at) : x(at[0]), dy(at[2]) {
    if (!place.is_inside()) return;
    CORNU_UNROLL
    for (int k = 0; k < Plan::kWidth; ++k) {
      mean[k] = Element::load(static_cast<const Stored*>(at[1])[place.line + (Plan::kAlong ? 0 : k)]);
    }
  }
  static CORNU_DEVICE Accumulator start() { return {0, 0}; }
  CORNU_DEVICE Item load(Index, Index offset) const { return {x.load(offset), dy.load(offset)}; }
  CORNU_DEVICE void add(Accumulator& a, const Item& item, int k, Index) const {
    const Value gradient = Element::load(item.dy.values[k]);
    a.sum += gradient;
    a.product += gradient * (Element::load(item.x.values[k]) - mean[k]);
  }
  static CORNU_DEVICE Folded folded(const Accumulator& a) {
    return {static_cast<double>(a.sum), static_cast<double>(a.product)};
  }
  static CORNU_DEVICE Folded merged(const Folded& a, const Folded& b) { return {a.sum + b.sum, a.product + b.product}; }
};

// With r = 1 / sqrt(variance + epsilon): dgamma, dbeta, gamma r, dbeta / n and r dgamma / n. Operands: variance, gamma,
// then these.
template <typename Settings, typename Element> struct StoreGradientSums {
  using Stored = typename Element::Stored;
  const Stored* variance;
  const Stored* gamma;
  void* const* outputs;

  explicit CORNU_DEVICE StoreGradientSums(void* const* at)
      : variance(static_cast<const Stored*>(at[0])), gamma(static_cast<const Stored*>(at[1])), outputs(at + 2) {}
  template <typename Index> CORNU_DEVICE void operator()(Index, Index channel, const GradientSums& sums) const {
    const double r = 1.0 / sqrt(static_cast<double>(Element::load(variance[channel])) + Settings::epsilon());
    const double n = Settings::count();
    store(0, channel, sums.product * r);
    store(1, channel, sums.sum);
    store(2, channel, static_cast<double>(Element::load(gamma[channel])) * r);
    store(3, channel, sums.sum / n);
    store(4, channel, sums.product * r * r / n);
  }
  template <typename Index> CORNU_DEVICE void store(int output, Index channel, double value) const {
    static_cast<Stored*>(outputs[output])[channel] = Element::store(static_cast<typename Element::Value>(value));
  }
};

// Calls f(i, channel of i) for every element of the operands.
template <typename Settings, typename F> CORNU_DEVICE void for_elements(const F& f) {
  using Index = typename Settings::Index;
  const Index step = static_cast<Index>(gridDim.x) * blockDim.x;
  for (Index i = static_cast<Index>(blockIdx.x) * blockDim.x + threadIdx.x; i < Settings::kElements; i += step) {
    f(i, i % Settings::kChannels);
  }
}

// y = (x - mean) scale + beta; operands: x, mean, scale, beta, y.
template <typename Settings, typename Element> CORNU_DEVICE void normalize(void* const* at) {
  using Stored = typename Element::Stored;
  const auto read = [&](int operand, typename Settings::Index i) {
    return Element::load(static_cast<const Stored*>(at[operand])[i]);
  };
  for_elements<Settings>([&](typename Settings::Index i, typename Settings::Index channel) {
    static_cast<Stored*>(at[4])[i] =
        Element::store((read(0, i) - read(1, channel)) * read(2, channel) + read(3, channel));
  });
}

// dx = (dy - shift - (x - mean) slope) scale; operands: x, mean, dy, scale, shift, slope, dx.
template <typename Settings, typename Element> CORNU_DEVICE void input_gradient(void* const* at) {
  using Stored = typename Element::Stored;
  const auto read = [&](int operand, typename Settings::Index i) {
    return Element::load(static_cast<const Stored*>(at[operand])[i]);
  };
  for_elements<Settings>([&](typename Settings::Index i, typename Settings::Index channel) {
    const auto along_x = (read(0, i) - read(1, channel)) * read(5, channel);
    static_cast<Stored*>(at[6])[i] = Element::store((read(2, i) - read(4, channel) - along_x) * read(3, channel));
  });
}

}  // namespace device
