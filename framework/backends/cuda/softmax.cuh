// softmax, log_softmax and their gradients. Lines are those along the axis.

namespace device {

CORNU_DEVICE float lowest_like(float) { return bits_as<float>(0xff7fffffu); }
CORNU_DEVICE double lowest_like(double) { return bits_as<double>(0xffefffffffffffffull); }

// log(sum(exp(x))) = peak + log(sum), where sum = sum(exp(x - peak)).
template <typename Value> struct PeakAndSum {
  Value peak;
  Value sum;
};

// Peak and sum at once: where a greater peak is found, the sum so far is scaled. It begins with the lowest number, not
// with -infinity, whose distance from itself is NaN. A line that has nothing but -infinity ends with the sum 0.
template <typename Plan, typename Element> struct SumOfExp {
  using Index = typename Plan::Index;
  using Value = typename Element::Value;
  using Folded = PeakAndSum<Value>;
  using Part = Folded;
  using Item = Pack<typename Element::Stored, Plan::kWidth>;
  Source<Element, Plan::kWidth> x;

  CORNU_DEVICE SumOfExp(const Place<Plan>&, void* const* at) : x(at[0]) {}
  static CORNU_DEVICE Folded start() { return {lowest_like(Value()), 0}; }
  CORNU_DEVICE Item load(Index, Index offset) const { return x.load(offset); }
  CORNU_DEVICE void add(Folded& a, const Item& item, int k, Index) const {
    const Value value = Element::load(item.values[k]);
    // Infinity - infinity: NaN, as the formula has it.
    const Value one = static_cast<Value>(1) + (value - value);
    const Value distance = value - a.peak;
    const Value scale = exp(-fabs(distance));
    if (distance > 0) {
      a = {value, a.sum * scale + one};
    } else {
      a.sum += scale;
    }
  }
  static CORNU_DEVICE Folded merged(const Folded& a, const Folded& b) {
    const Value distance = b.peak - a.peak;
    const Value scale = exp(-fabs(distance));
    if (distance > 0) return {b.peak, a.sum * scale + b.sum};
    return {a.peak, a.sum + b.sum * scale};
  }
  CORNU_DEVICE Part part(const Folded& a, int) const { return a; }
};

template <typename Plan, typename Element> struct Softmax : SumOfExp<Plan, Element> {
  using Base = SumOfExp<Plan, Element>;
  using Base::Base;
  CORNU_DEVICE typename Base::Value value(const typename Base::Item& item, int k,
                                          const typename Base::Folded& folded) const {
    return exp(Element::load(item.values[k]) - folded.peak) / folded.sum;
  }
};

// Two subtractions: the sum of both parts, rounded, would cost the digits of a small logarithm.
template <typename Plan, typename Element> struct LogSoftmax : SumOfExp<Plan, Element> {
  using Base = SumOfExp<Plan, Element>;
  using Base::Base;
  CORNU_DEVICE typename Base::Value value(const typename Base::Item& item, int k,
                                          const typename Base::Folded& folded) const {
    return (Element::load(item.values[k]) - folded.peak) - log(folded.sum);
  }
};

// Operands: y, dy.
template <typename Plan, typename Element> struct GradientTerms {
  using Index = typename Plan::Index;
  using Value = typename Element::Value;
  using Folded = Value;
  struct Item {
    Pack<typename Element::Stored, Plan::kWidth> y;
    Pack<typename Element::Stored, Plan::kWidth> dy;
  };
  Source<Element, Plan::kWidth> y;
  Source<Element, Plan::kWidth> dy;

  CORNU_DEVICE GradientTerms(const Place<Plan>&, void* const* at) : y(at[0]), dy(at[1]) {}
  static CORNU_DEVICE Folded start() { return 0; }
  CORNU_DEVICE Item load(Index, Index offset) const { return {y.load(offset), dy.load(offset)}; }
  static CORNU_DEVICE Folded merged(Folded a, Folded b) { return a + b; }
};

// y (dy - sum(dy y))
template <typename Plan, typename Element> struct SoftmaxGradient : GradientTerms<Plan, Element> {
  using Base = GradientTerms<Plan, Element>;
  using Value = typename Base::Value;
  using Base::Base;
  CORNU_DEVICE void add(Value& sum, const typename Base::Item& item, int k, typename Base::Index) const {
    sum += Element::load(item.dy.values[k]) * Element::load(item.y.values[k]);
  }
  CORNU_DEVICE Value value(const typename Base::Item& item, int k, Value sum) const {
    return Element::load(item.y.values[k]) * (Element::load(item.dy.values[k]) - sum);
  }
};

// dy - exp(y) sum(dy)
template <typename Plan, typename Element> struct LogSoftmaxGradient : GradientTerms<Plan, Element> {
  using Base = GradientTerms<Plan, Element>;
  using Value = typename Base::Value;
  using Base::Base;
  CORNU_DEVICE void add(Value& sum, const typename Base::Item& item, int k, typename Base::Index) const {
    sum += Element::load(item.dy.values[k]);
  }
  CORNU_DEVICE Value value(const typename Base::Item& item, int k, Value sum) const {
    return Element::load(item.dy.values[k]) - exp(Element::load(item.y.values[k])) * sum;
  }
};

// A kernel: every element of the output from those of the inputs at its place and from the fold of its line. The output
// may be the memory of an input: a line is folded before any of it is written.
template <typename Plan, typename Element, typename Terms>
CORNU_DEVICE void rewrite_lines(void* const* inputs, void* output) {
  using Index = typename Plan::Index;
  const Place<Plan> place;
  const Terms terms(place, inputs);
  typename Terms::Folded results[Place<Plan>::kOwn];
  fold(place, terms, results);
  const Target<Element, Plan::kWidth> target(output);
  for_items(place, terms, [&](Index, Index offset, const typename Terms::Item& item) {
    Pack<typename Element::Stored, Plan::kWidth> pack;
    CORNU_UNROLL
    for (int k = 0; k < Plan::kWidth; ++k) {
      pack.values[k] = Element::store(terms.value(item, k, results[Plan::kAlong ? 0 : k]));
    }
    target.store(offset, pack);
  });
}

}  // namespace device
