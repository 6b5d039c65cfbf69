// The cross-entropy of sparse labels and its gradient, behind softmax.cuh. Lines are the rows of logits.

namespace device {

// The loss and log(sum(exp(logits))). Operands: logits, labels, then these.
template <typename Plan, typename Element> struct StoreCrossEntropy {
  using Index = typename Plan::Index;
  using Stored = typename Element::Stored;
  using Value = typename Element::Value;
  const Stored* logits;
  const int* labels;
  Stored* loss;
  Stored* total;

  explicit CORNU_DEVICE StoreCrossEntropy(void* const* at)
      : logits(static_cast<const Stored*>(at[0])),
        labels(static_cast<const int*>(at[1])),
        loss(static_cast<Stored*>(at[2])),
        total(static_cast<Stored*>(at[3])) {}
  CORNU_DEVICE void operator()(Index, Index row, const PeakAndSum<Value>& folded) const {
    // Nothing but -infinity.
    const Value sum = Plan::kLength > 0 && folded.sum == 0 ? nan_like(Value()) : folded.sum;
    const Value rest = log(sum);
    const int label = labels[row];
    total[row] = Element::store(folded.peak + rest);
    Value result = nan_like(Value());
    if (label >= 0 && static_cast<Index>(label) < Plan::kLength) {
      const Value x = Element::load(logits[Plan::line_offset(row) + Plan::element_offset(static_cast<Index>(label))]);
      // Not total - x: where the label's logit is the peak, the loss is the small rest, with all of its digits.
      result = (folded.peak - x) + rest;
    }
    loss[row] = Element::store(result);
  }
};

template <typename Plan, typename Element> struct Logits {
  using Item = Pack<typename Element::Stored, Plan::kWidth>;
  Source<Element, Plan::kWidth> x;
  template <typename Index> CORNU_DEVICE Item load(Index, Index offset) const { return x.load(offset); }
};

// (exp(logits - total) - one_hot(labels)) dloss. Operands: logits, labels, total, dloss, the result.
template <typename Plan, typename Element> CORNU_DEVICE void cross_entropy_gradient(void* const* at) {
  using Index = typename Plan::Index;
  using Value = typename Element::Value;
  using Stored = typename Element::Stored;
  constexpr int kOwn = Place<Plan>::kOwn;
  const Place<Plan> place;
  Index labels[kOwn];
  Value totals[kOwn];
  Value factors[kOwn];
  if (place.is_inside()) {
    CORNU_UNROLL
    for (int k = 0; k < kOwn; ++k) {
      const int label = static_cast<const int*>(at[1])[place.line + k];
      const bool is_class = label >= 0 && static_cast<Index>(label) < Plan::kLength;
      labels[k] = is_class ? static_cast<Index>(label) : 0;
      totals[k] = Element::load(static_cast<const Stored*>(at[2])[place.line + k]);
      factors[k] = is_class ? Element::load(static_cast<const Stored*>(at[3])[place.line + k]) : nan_like(Value());
    }
  }
  const Logits<Plan, Element> logits{Source<Element, Plan::kWidth>(at[0])};
  const Target<Element, Plan::kWidth> target(at[4]);
  for_items(place, logits, [&](Index i, Index offset, const Pack<Stored, Plan::kWidth>& item) {
    Pack<Stored, Plan::kWidth> pack;
    CORNU_UNROLL
    for (int k = 0; k < Plan::kWidth; ++k) {
      const int line = Plan::kAlong ? 0 : k;
      const Index at_class = Plan::kAlong ? i + k : i;
      const Value hit = at_class == labels[line] ? static_cast<Value>(1) : static_cast<Value>(0);
      pack.values[k] =
          Element::store((exp(Element::load(item.values[k]) - totals[line]) - hit) * factors[line]);
    }
    target.store(offset, pack);
  });
}

}  // namespace device
