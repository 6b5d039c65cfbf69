// The sums over all rows that batch_norm_training and its gradient begin with. Lines are channels.

namespace device {

// Mean and spread of a set of numbers.
struct Moments {
  double count;
  double mean;
  double squares;  // of the distances from the mean
};

template <typename Value> struct ValueSum {
  using Folded = Value;
  static CORNU_DEVICE Folded merged(Folded a, Folded b) { return a + b; }
};

// x is read once. A block takes the mean of the first element of each thread for an estimate of a channel's mean, and
// sums the distances from it and their squares: these differ little from the truth, however far the mean is from 0.
// What the blocks have is joined in double (Chan et al., 1979).
template <typename Plan, typename Element> struct MomentsOf {
  using Index = typename Plan::Index;
  using Value = typename Element::Value;
  struct Folded {
    Value sum;
    Value squares;
  };
  using Part = Moments;
  using Item = Pack<typename Element::Stored, Plan::kWidth>;
  static constexpr int kOwn = Place<Plan>::kOwn;
  static constexpr int kTogether = Place<Plan>::kTogether;
  Source<Element, Plan::kWidth> x;
  Value centers[kOwn];
  Index count;

  CORNU_DEVICE MomentsOf(const Place<Plan>& place, void* const* at) : x(at[0]), count(place.end() - place.begin()) {
    const Index threads = (count + kTogether - 1) / kTogether;
    const Index lanes = threads < Plan::kLanes ? threads : Plan::kLanes;
    CORNU_UNROLL
    for (int k = 0; k < kOwn; ++k) centers[k] = 0;
    if (place.is_inside() && place.lane < lanes) {
      const Index i = place.begin() + static_cast<Index>(place.lane) * kTogether;
      const Item item = x.load(Plan::line_offset(place.line) + Plan::element_offset(i));
      CORNU_UNROLL
      for (int k = 0; k < kOwn; ++k) centers[k] = Element::load(item.values[k]) / static_cast<Value>(lanes);
    }
    merge_lanes<Plan, ValueSum<Value>>(place, centers);
  }
  CORNU_DEVICE Item load(Index, Index offset) const { return x.load(offset); }
  static CORNU_DEVICE Folded start() { return {0, 0}; }
  CORNU_DEVICE void add(Folded& a, const Item& item, int k, Index) const {
    const Value distance = Element::load(item.values[k]) - centers[Plan::kAlong ? 0 : k];
    a.sum += distance;
    a.squares += distance * distance;
  }
  static CORNU_DEVICE Folded merged(const Folded& a, const Folded& b) { return {a.sum + b.sum, a.squares + b.squares}; }
  CORNU_DEVICE Part part(const Folded& a, int k) const {
    if (count == 0) return nothing();
    const double n = static_cast<double>(count);
    const double sum = static_cast<double>(a.sum);
    return {n, static_cast<double>(centers[k]) + sum / n, static_cast<double>(a.squares) - sum * (sum / n)};
  }
  static CORNU_DEVICE Part nothing() { return {0.0, 0.0, 0.0}; }
  static CORNU_DEVICE Part joined(const Part& a, const Part& b) {
    if (b.count == 0.0) return a;
    const double all = a.count + b.count;
    const double difference = b.mean - a.mean;
    const double share = b.count / all;
    return {all, a.mean + difference * share, a.squares + b.squares + difference * difference * (a.count * share)};
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
  struct Folded {
    Value sum;
    Value product;
  };
  using Part = GradientSums;
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
  CORNU_DEVICE Item load(Index, Index offset) const { return {x.load(offset), dy.load(offset)}; }
  static CORNU_DEVICE Folded start() { return {0, 0}; }
  CORNU_DEVICE void add(Folded& a, const Item& item, int k, Index) const {
    const Value gradient = Element::load(item.dy.values[k]);
    a.sum += gradient;
    a.product += gradient * (Element::load(item.x.values[k]) - mean[k]);
  }
  static CORNU_DEVICE Folded merged(const Folded& a, const Folded& b) { return {a.sum + b.sum, a.product + b.product}; }
  CORNU_DEVICE Part part(const Folded& a, int) const {
    return {static_cast<double>(a.sum), static_cast<double>(a.product)};
  }
  static CORNU_DEVICE Part nothing() { return {0.0, 0.0}; }
  static CORNU_DEVICE Part joined(const Part& a, const Part& b) { return {a.sum + b.sum, a.product + b.product}; }
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
