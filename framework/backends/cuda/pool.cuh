// Pooling over channels-last tensors. A thread takes some neighbouring channels of one window, or, for gradients, of one
// element, which asks the windows that show it: so every result has one writer and one order of its sum.

namespace device {

// One spatial axis: windows of `kWindow` taps, `kDilation` apart, of which the first begins `kBefore` before element 0.
template <int kInputSize, int kOutputSize, int kWindow, int kStride, int kDilation, int kBefore> struct PoolAxis {
  static constexpr int kInput = kInputSize;
  static constexpr int kOutput = kOutputSize;
  static constexpr int kTaps = kWindow;
  // No tap of any window lies on a border: nothing has to be asked, and all loads may be under way at once.
  static constexpr bool kIsInside =
      kBefore == 0 && (kOutputSize - 1) * kStride + (kWindow - 1) * kDilation < kInputSize;

  static CORNU_DEVICE int element(int window, int tap) { return window * kStride - kBefore + tap * kDilation; }
  static CORNU_DEVICE bool has(int element) { return kIsInside || (element >= 0 && element < kInput); }

  // Taps [first_tap, first_tap + num_taps) of a window lie on elements.
  static CORNU_DEVICE int first_tap(int window) { return kIsInside ? 0 : taps_up_to(-element(window, 0)); }
  static CORNU_DEVICE int num_taps(int window) {
    if (kIsInside) return kWindow;
    const int end = taps_up_to(kInput - element(window, 0));
    return (end < kWindow ? end : kWindow) - first_tap(window);
  }

  // No other windows than [first_window, end_window) show an element, and of these those with a tap_on it.
  static CORNU_DEVICE int first_window(int element) {
    const int past = element + kBefore - kDilation * (kWindow - 1);
    return past > 0 ? (past + kStride - 1) / kStride : 0;
  }
  static CORNU_DEVICE int end_window(int element) {
    const int end = (element + kBefore) / kStride + 1;
    return end < kOutput ? end : kOutput;
  }
  static CORNU_DEVICE int tap_on(int element, int window) {
    const int distance = element + kBefore - window * kStride;
    return distance % kDilation == 0 ? distance / kDilation : -1;
  }

 private:
  static CORNU_DEVICE int taps_up_to(int distance) {
    return distance > 0 ? (distance + kDilation - 1) / kDilation : 0;
  }
};

// Where some channels of a window or of an element are.
template <typename Index> struct PoolPlace {
  Index image;
  int at0;
  int at1;
  int at2;
  int channel;
};

template <typename ElementType, typename IndexType, IndexType kBatch, int kChannels, typename A0, typename A1,
          typename A2>
struct Pooling {
  using Element = ElementType;
  using Stored = typename Element::Stored;
  using Value = typename Element::Value;
  using Index = IndexType;
  using Place = PoolPlace<Index>;

  // Calls visit(place, its offset in the tensor) for all windows, or all elements, `kWidth` channels at a time.
  template <int kWidth, typename Visit> static CORNU_DEVICE void for_each_window(Visit visit) {
    for_each<kWidth, A0::kOutput, A1::kOutput, A2::kOutput>(visit);
  }
  template <int kWidth, typename Visit> static CORNU_DEVICE void for_each_element(Visit visit) {
    for_each<kWidth, A0::kInput, A1::kInput, A2::kInput>(visit);
  }

  // Calls visit(offset in x, number among those shown) for what a window shows, in row-major order.
  template <typename Visit> static CORNU_DEVICE void for_each_shown(const Place& window, Visit visit) {
    unsigned int number = 0;
    for (int t0 = 0; t0 < A0::kTaps; ++t0) {
      const int i0 = A0::element(window.at0, t0);
      if (!A0::has(i0)) continue;
      for (int t1 = 0; t1 < A1::kTaps; ++t1) {
        const int i1 = A1::element(window.at1, t1);
        if (!A1::has(i1)) continue;
        for (int t2 = 0; t2 < A2::kTaps; ++t2) {
          const int i2 = A2::element(window.at2, t2);
          if (!A2::has(i2)) continue;
          visit((((window.image * A0::kInput + i0) * A1::kInput + i1) * A2::kInput + i2) * kChannels + window.channel,
                number++);
        }
      }
    }
  }

  // Calls visit(offset in y, number of the element among those shown, how many are) for the windows that show it.
  template <typename Visit> static CORNU_DEVICE void for_each_showing(const Place& element, Visit visit) {
    for (int o0 = A0::first_window(element.at0); o0 < A0::end_window(element.at0); ++o0) {
      const int t0 = A0::tap_on(element.at0, o0);
      if (t0 < 0) continue;
      for (int o1 = A1::first_window(element.at1); o1 < A1::end_window(element.at1); ++o1) {
        const int t1 = A1::tap_on(element.at1, o1);
        if (t1 < 0) continue;
        for (int o2 = A2::first_window(element.at2); o2 < A2::end_window(element.at2); ++o2) {
          const int t2 = A2::tap_on(element.at2, o2);
          if (t2 < 0) continue;
          const int n1 = A1::num_taps(o1);
          const int n2 = A2::num_taps(o2);
          const int number = ((t0 - A0::first_tap(o0)) * n1 + t1 - A1::first_tap(o1)) * n2 + t2 - A2::first_tap(o2);
          visit((((element.image * A0::kOutput + o0) * A1::kOutput + o1) * A2::kOutput + o2) * kChannels +
                    element.channel,
                static_cast<unsigned int>(number), A0::num_taps(o0) * n1 * n2);
        }
      }
    }
  }

 private:
  template <int kWidth, int kSize0, int kSize1, int kSize2, typename Visit>
  static CORNU_DEVICE void for_each(Visit visit) {
    constexpr Index kGroups = kChannels / kWidth;
    for_each_in_grid<Index>(kBatch * kSize0 * kSize1 * kSize2 * kGroups, [&](Index i) {
      const Index place = i / kGroups;
      const Index row = place / kSize2;
      const Index plane = row / kSize1;
      visit(Place{plane / kSize0, static_cast<int>(plane % kSize0), static_cast<int>(row % kSize1),
                  static_cast<int>(place % kSize2), static_cast<int>(i % kGroups) * kWidth},
            i * kWidth);
    });
  }
};

// The greatest elements under a window, channel by channel: the first NaN, or else the first of the greatest.
template <typename P, int kWidth> struct PoolWinners {
  typename P::Value value[kWidth];
  unsigned int number[kWidth];
  typename P::Index element[kWidth];

  CORNU_DEVICE PoolWinners(const typename P::Stored* x, const typename P::Place& window) {
    CORNU_UNROLL for (int c = 0; c < kWidth; ++c) {
      value[c] = -infinity_like(typename P::Value());
      number[c] = 0;
      element[c] = 0;
    }
    P::for_each_shown(window, [&](typename P::Index at, unsigned int shown) {
      const auto pack = load_pack<kWidth>(x + at);
      CORNU_UNROLL for (int c = 0; c < kWidth; ++c) {
        const typename P::Value v = P::Element::load(pack.values[c]);
        const bool wins = shown == 0 || v > value[c] || (v != v && value[c] == value[c]);
        value[c] = wins ? v : value[c];
        number[c] = wins ? shown : number[c];
        element[c] = wins ? at + c : element[c];
      }
    });
  }
};

template <typename P, int kWidth> CORNU_DEVICE void max_pool(const typename P::Stored* x, typename P::Stored* y) {
  P::template for_each_window<kWidth>([&](const typename P::Place& window, typename P::Index to) {
    const PoolWinners<P, kWidth> winners(x, window);
    Pack<typename P::Stored, kWidth> result;
    CORNU_UNROLL for (int c = 0; c < kWidth; ++c) result.values[c] = P::Element::store(winners.value[c]);
    store_pack(y + to, result);
  });
}

// The winners' numbers among what their window shows; and the greatest elements, unless y is null.
template <typename P, int kWidth, typename Number>
CORNU_DEVICE void max_pool_winners(const typename P::Stored* x, typename P::Stored* y, Number* numbers) {
  P::template for_each_window<kWidth>([&](const typename P::Place& window, typename P::Index to) {
    const PoolWinners<P, kWidth> winners(x, window);
    Pack<typename P::Stored, kWidth> result;
    Pack<Number, kWidth> number;
    CORNU_UNROLL for (int c = 0; c < kWidth; ++c) {
      result.values[c] = P::Element::store(winners.value[c]);
      number.values[c] = static_cast<Number>(winners.number[c]);
    }
    if (y) store_pack(y + to, result);
    store_pack(numbers + to, number);
  });
}

// y[o] = source[winner of o]
template <typename P, int kWidth>
CORNU_DEVICE void max_pool_gather(const typename P::Stored* x, const typename P::Stored* source,
                                  typename P::Stored* y) {
  P::template for_each_window<kWidth>([&](const typename P::Place& window, typename P::Index to) {
    const PoolWinners<P, kWidth> winners(x, window);
    Pack<typename P::Stored, kWidth> result;
    CORNU_UNROLL for (int c = 0; c < kWidth; ++c) result.values[c] = source[winners.element[c]];
    store_pack(y + to, result);
  });
}

// dx[winner of o] += dy[o]
template <typename P, int kWidth, typename Number>
CORNU_DEVICE void max_pool_scatter(const Number* numbers, const typename P::Stored* dy, typename P::Stored* dx) {
  P::template for_each_element<kWidth>([&](const typename P::Place& element, typename P::Index to) {
    typename P::Value sum[kWidth] = {};
    P::for_each_showing(element, [&](typename P::Index at, unsigned int shown, int) {
      const auto number = load_pack<kWidth>(numbers + at);
      const auto gradient = load_pack<kWidth>(dy + at);
      CORNU_UNROLL for (int c = 0; c < kWidth; ++c) {
        if (number.values[c] == shown) sum[c] += P::Element::load(gradient.values[c]);
      }
    });
    Pack<typename P::Stored, kWidth> result;
    CORNU_UNROLL for (int c = 0; c < kWidth; ++c) result.values[c] = P::Element::store(sum[c]);
    store_pack(dx + to, result);
  });
}

template <typename P, int kWidth> CORNU_DEVICE void average_pool(const typename P::Stored* x, typename P::Stored* y) {
  P::template for_each_window<kWidth>([&](const typename P::Place& window, typename P::Index to) {
    typename P::Value sum[kWidth] = {};
    unsigned int count = 0;
    P::for_each_shown(window, [&](typename P::Index at, unsigned int shown) {
      const auto pack = load_pack<kWidth>(x + at);
      CORNU_UNROLL for (int c = 0; c < kWidth; ++c) sum[c] += P::Element::load(pack.values[c]);
      count = shown + 1;
    });
    Pack<typename P::Stored, kWidth> result;
    CORNU_UNROLL for (int c = 0; c < kWidth; ++c) {
      result.values[c] = P::Element::store(sum[c] / static_cast<typename P::Value>(count));
    }
    store_pack(y + to, result);
  });
}

template <typename P, int kWidth>
CORNU_DEVICE void average_pool_gradient(const typename P::Stored* dy, typename P::Stored* dx) {
  P::template for_each_element<kWidth>([&](const typename P::Place& element, typename P::Index to) {
    typename P::Value sum[kWidth] = {};
    P::for_each_showing(element, [&](typename P::Index at, unsigned int, int count) {
      const auto gradient = load_pack<kWidth>(dy + at);
      CORNU_UNROLL for (int c = 0; c < kWidth; ++c) {
        sum[c] += P::Element::load(gradient.values[c]) / static_cast<typename P::Value>(count);
      }
    });
    Pack<typename P::Stored, kWidth> result;
    CORNU_UNROLL for (int c = 0; c < kWidth; ++c) result.values[c] = P::Element::store(sum[c]);
    store_pack(dx + to, result);
  });
}

}  // namespace device
