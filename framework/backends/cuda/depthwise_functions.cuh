// Convolutions of one channel with its own filters. G holds their sizes, three of each: in0, in1, in2 of x, out0 of y,
// window0, stride0, dilation0 and before0, the zeros; and batch, channels, filters and multiplier, the filters of a
// channel.
//
// Memory is what such a kernel waits for: neighbouring threads take neighbouring filters of one place.

namespace device {

// Where an element of (batch, three axes, channels) lies.
template <typename Index> struct Place {
  Index image;
  int at0, at1, at2, channel;
};

template <int kSize0, int kSize1, int kSize2, int kChannels, typename Index>
CORNU_DEVICE Place<Index> place_of(Index i) {
  Place<Index> place;
  place.channel = static_cast<int>(i % kChannels);
  i /= kChannels;
  place.at2 = static_cast<int>(i % kSize2);
  i /= kSize2;
  place.at1 = static_cast<int>(i % kSize1);
  i /= kSize1;
  place.at0 = static_cast<int>(i % kSize0);
  place.image = i / kSize0;
  return place;
}

// The element of x that the window shows at a tap for a place of y; 0 beside x.
template <typename Type, typename G, typename Index>
CORNU_DEVICE typename Type::Value shown(const typename Type::Stored* x, const Place<Index>& y, int tap0, int tap1,
                                        int tap2) {
  const int at0 = y.at0 * G::stride0 + tap0 * G::dilation0 - G::before0;
  const int at1 = y.at1 * G::stride1 + tap1 * G::dilation1 - G::before1;
  const int at2 = y.at2 * G::stride2 + tap2 * G::dilation2 - G::before2;
  if (at0 < 0 || at0 >= G::in0 || at1 < 0 || at1 >= G::in1 || at2 < 0 || at2 >= G::in2) return 0;
  const Index row = (y.image * G::in0 + static_cast<Index>(at0)) * G::in1 + static_cast<Index>(at1);
  const Index pixel = row * G::in2 + static_cast<Index>(at2);
  return Type::load(x[pixel * G::channels + static_cast<Index>(y.channel / G::multiplier)]);
}

template <typename Type, typename Index, typename G>
CORNU_DEVICE void depthwise_conv(const void* x, const void* kernel, void* y) {
  const typename Type::Stored* weights = static_cast<const typename Type::Stored*>(kernel);
  const Index count = static_cast<Index>(G::batch) * G::out0 * G::out1 * G::out2 * G::filters;
  const Index num_threads = static_cast<Index>(gridDim.x) * static_cast<Index>(blockDim.x);
  for (Index i = static_cast<Index>(blockIdx.x) * static_cast<Index>(blockDim.x) + static_cast<Index>(threadIdx.x);
       i < count; i += num_threads) {
    const Place<Index> place = place_of<G::out0, G::out1, G::out2, G::filters>(i);
    typename Type::Value sum = 0;
    CORNU_UNROLL
    for (int tap0 = 0; tap0 < G::window0; ++tap0) {
      CORNU_UNROLL
      for (int tap1 = 0; tap1 < G::window1; ++tap1) {
        CORNU_UNROLL
        for (int tap2 = 0; tap2 < G::window2; ++tap2) {
          const int tap = (tap0 * G::window1 + tap1) * G::window2 + tap2;
          const typename Type::Value weight = Type::load(weights[tap * G::filters + place.channel]);
          sum += shown<Type, G>(static_cast<const typename Type::Stored*>(x), place, tap0, tap1, tap2) * weight;
        }
      }
    }
    static_cast<typename Type::Stored*>(y)[i] = Type::store(sum);
  }
}

// Where along an axis of y a tap shows a place of x; -1 where it does not.
template <int kStride, int kDilation, int kBefore, int kOut> CORNU_DEVICE int showing(int at, int tap) {
  const int shifted = at + kBefore - tap * kDilation;
  return shifted >= 0 && shifted % kStride == 0 && shifted / kStride < kOut ? shifted / kStride : -1;
}

template <typename Type, typename Index, typename G>
CORNU_DEVICE void depthwise_input_gradient(const void* y, const void* kernel, void* x) {
  const typename Type::Stored* gradients = static_cast<const typename Type::Stored*>(y);
  const typename Type::Stored* weights = static_cast<const typename Type::Stored*>(kernel);
  const Index count = static_cast<Index>(G::batch) * G::in0 * G::in1 * G::in2 * G::channels;
  const Index num_threads = static_cast<Index>(gridDim.x) * static_cast<Index>(blockDim.x);
  for (Index i = static_cast<Index>(blockIdx.x) * static_cast<Index>(blockDim.x) + static_cast<Index>(threadIdx.x);
       i < count; i += num_threads) {
    const Place<Index> place = place_of<G::in0, G::in1, G::in2, G::channels>(i);
    typename Type::Value sum = 0;
    CORNU_UNROLL
    for (int tap0 = 0; tap0 < G::window0; ++tap0) {
      const int at0 = showing<G::stride0, G::dilation0, G::before0, G::out0>(place.at0, tap0);
      if (at0 < 0) continue;
      CORNU_UNROLL
      for (int tap1 = 0; tap1 < G::window1; ++tap1) {
        const int at1 = showing<G::stride1, G::dilation1, G::before1, G::out1>(place.at1, tap1);
        if (at1 < 0) continue;
        CORNU_UNROLL
        for (int tap2 = 0; tap2 < G::window2; ++tap2) {
          const int at2 = showing<G::stride2, G::dilation2, G::before2, G::out2>(place.at2, tap2);
          if (at2 < 0) continue;
          const int tap = (tap0 * G::window1 + tap1) * G::window2 + tap2;
          const Index row = (place.image * G::out0 + static_cast<Index>(at0)) * G::out1 + static_cast<Index>(at1);
          const Index first =
              (row * G::out2 + static_cast<Index>(at2)) * G::filters + static_cast<Index>(place.channel * G::multiplier);
          for (int m = 0; m < G::multiplier; ++m) {
            sum += Type::load(gradients[first + static_cast<Index>(m)]) *
                   Type::load(weights[tap * G::filters + place.channel * G::multiplier + m]);
          }
        }
      }
    }
    static_cast<typename Type::Stored*>(x)[i] = Type::store(sum);
  }
}

// A block takes kWidth filters at kPlacesPerBlock places of y and writes one row of sums, (taps, filters): its lines of
// threads take one place after another, and then their sums are added in pairs.
template <typename Type, typename To, typename Index, typename G, int kPlacesPerBlock, int kWidth>
CORNU_DEVICE void depthwise_kernel_gradient(const void* x, const void* y, void* sums) {
  using Value = typename Type::Value;
  constexpr int kThreads = 256;
  constexpr int kLines = kThreads / kWidth;
  constexpr int kTaps = G::window0 * G::window1 * G::window2;
  constexpr int kStrips = (G::filters + kWidth - 1) / kWidth;
  CORNU_SHARED Value partial[kThreads];
  const Index places = static_cast<Index>(G::batch) * G::out0 * G::out1 * G::out2;
  const int thread = static_cast<int>(threadIdx.x);
  const int line = thread / kWidth;
  const int filter = static_cast<int>(blockIdx.x % kStrips) * kWidth + thread % kWidth;
  const Index part = static_cast<Index>(blockIdx.x / kStrips);
  const Index end = (part + 1) * kPlacesPerBlock < places ? (part + 1) * kPlacesPerBlock : places;
  Value sum[kTaps];
  CORNU_UNROLL
  for (int tap = 0; tap < kTaps; ++tap) sum[tap] = 0;
  if (filter < G::filters) {
    for (Index at = part * kPlacesPerBlock + static_cast<Index>(line); at < end; at += kLines) {
      const Index i = at * G::filters + static_cast<Index>(filter);
      const Place<Index> place = place_of<G::out0, G::out1, G::out2, G::filters>(i);
      const Value gradient = Type::load(static_cast<const typename Type::Stored*>(y)[i]);
      CORNU_UNROLL
      for (int tap = 0; tap < kTaps; ++tap) {
        sum[tap] += gradient * shown<Type, G>(static_cast<const typename Type::Stored*>(x), place,
                                              tap / (G::window1 * G::window2), tap / G::window2 % G::window1,
                                              tap % G::window2);
      }
    }
  }
  CORNU_UNROLL
  for (int tap = 0; tap < kTaps; ++tap) {
    partial[thread] = sum[tap];
    for (int half = kLines / 2; half > 0; half /= 2) {
      CORNU_BARRIER();
      if (line < half) partial[thread] += partial[thread + half * kWidth];
    }
    if (line == 0 && filter < G::filters) {
      const Index row = part * kTaps + static_cast<Index>(tap);
      static_cast<typename To::Stored*>(sums)[row * G::filters + static_cast<Index>(filter)] =
          To::store(To::from(partial[thread]));
    }
    CORNU_BARRIER();
  }
}

}  // namespace device
