// For the LibTorch peer, which has nothing of cornu: the clock of the process, the numbers of workloads.py bit for bit,
// the timing of steps, and the line of JSON.
#pragma once
#include <sched.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace peers {

inline int64_t mono_ns(clockid_t c = CLOCK_MONOTONIC) {
  timespec t;
  clock_gettime(c, &t);
  return int64_t(t.tv_sec) * 1000000000 + t.tv_nsec;
}

// CLOCK_MONOTONIC of the process start: BENCH_T0_NS from the runner, else /proc (10 ms grain).
inline int64_t start_ns() {
  static int64_t t0 = [] {
    if (const char* e = std::getenv("BENCH_T0_NS")) return int64_t(std::atoll(e));
    std::ifstream f("/proc/self/stat");
    std::string s((std::istreambuf_iterator<char>(f)), {});
    std::istringstream in(s.substr(s.rfind(')') + 1));
    std::string w;
    for (int i = 0; i < 20; ++i) in >> w;
    int64_t boot = int64_t(std::stod(w) * 1e9 / sysconf(_SC_CLK_TCK));
    return mono_ns() - (mono_ns(CLOCK_BOOTTIME) - boot);
  }();
  return t0;
}
inline double since_start_s() { return (mono_ns() - start_ns()) / 1e9; }

inline double peak_rss_mb() {
  std::ifstream f("/proc/self/status");
  std::string line;
  while (std::getline(f, line))
    if (line.rfind("VmHWM:", 0) == 0) return std::stod(line.substr(6)) / 1024.0;
  return 0;
}

inline uint64_t hash_u64(uint64_t stream, uint64_t i) {
  uint64_t z = (stream << 40) + i + 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}
inline float uniform01(uint64_t stream, uint64_t i) { return float(hash_u64(stream, i) >> 40) * 0x1p-24f; }
constexpr uint64_t INPUT = 1000, LABEL = 2000;

inline void fill_uniform(float* p, size_t n, uint64_t stream, float lo, float hi) {
  for (size_t i = 0; i < n; ++i) p[i] = uniform01(stream, i) * (hi - lo) + lo;
}
inline void fill_kernel(float* p, size_t n, uint64_t k, double fan_sum) {
  const float lim = float(std::sqrt(6.0 / fan_sum));
  for (size_t i = 0; i < n; ++i) p[i] = (uniform01(k, i) * 2.0f - 1.0f) * lim;
}

struct Args {
  std::string workload, peer, data;
  int threads = 2;
  double seconds = 10;
  int batch_factor = 1;
};

inline Args parse(int argc, char** argv, const char* default_peer) {
  start_ns();
  Args a;
  a.peer = default_peer;
  if (const char* e = std::getenv("FASHION_MNIST_DIR")) a.data = e;
  for (int i = 1; i + 1 < argc; i += 2) {
    std::string k = argv[i], v = argv[i + 1];
    if (k == "--workload")
      a.workload = v;
    else if (k == "--peer")
      a.peer = v;
    else if (k == "--threads")
      a.threads = std::stoi(v);
    else if (k == "--seconds")
      a.seconds = std::stod(v);
    else if (k == "--data")
      a.data = v;
    else if (k == "--batch-factor")
      a.batch_factor = std::stoi(v);
    else {
      std::fprintf(stderr, "unknown option %s\n", k.c_str());
      std::exit(2);
    }
  }
  if (a.workload.empty()) {
    std::fprintf(stderr, "--workload is missing\n");
    std::exit(2);
  }
  cpu_set_t all, use;
  CPU_ZERO(&use);
  if (sched_getaffinity(0, sizeof all, &all) == 0 && CPU_COUNT(&all) > a.threads) {
    for (int c = 0, n = 0; c < CPU_SETSIZE && n < a.threads; ++c)
      if (CPU_ISSET(c, &all)) {
        CPU_SET(c, &use);
        ++n;
      }
    sched_setaffinity(0, sizeof use, &use);
  }
  return a;
}

struct Recorder {
  static constexpr int WARMUP = 6;  // never counted; the first one is the cold start
  double seconds;
  std::vector<double> ms, losses;
  double last = 0, cold = 0;
  int n = 0;
  int64_t begin = 0;
  bool feed(int64_t dt_ns, double loss) {
    if (++n == 1) cold = since_start_s();
    if (n <= 6) losses.push_back(loss);
    last = loss;
    int64_t now = mono_ns();
    if (n <= WARMUP) {
      begin = now;
      return false;
    }
    ms.push_back(dt_ns / 1e6);
    return ms.size() >= 50000 || ((now - begin) / 1e9 >= seconds && ms.size() >= 5);
  }
  void loop(const std::function<double()>& step) {
    for (;;) {
      int64_t t = mono_ns();
      double l = step();
      if (feed(mono_ns() - t, l)) return;
    }
  }
};

inline double percentile(std::vector<double> v, double q) {
  if (v.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(v.begin(), v.end());
  double p = q / 100.0 * (v.size() - 1);
  size_t i = size_t(p);
  return i + 1 < v.size() ? v[i] + (p - i) * (v[i + 1] - v[i]) : v[i];
}

inline void emit(const Args& a, const Recorder& r, int batch, int64_t params, const std::string& version,
                 const std::string& extra = "") {
  std::printf(
      "{\"workload\": \"%s\", \"peer\": \"%s\", \"batch_size\": %d, \"median_ms\": %.5f, \"p10_ms\": %.5f, "
      "\"p90_ms\": %.5f, \"steps\": %zu, \"cold_start_s\": %.3f, \"loss_first\": %.9g, "
      "\"loss_step5\": %.9g, \"loss_last\": %.9g, %s\"params\": %lld, \"peak_rss_mb\": %.1f, "
      "\"threads\": %d, \"version\": \"%s\"}\n",
      a.workload.c_str(), a.peer.c_str(), batch, percentile(r.ms, 50), percentile(r.ms, 10), percentile(r.ms, 90),
      r.ms.size(), r.cold, r.losses.at(0), r.losses.size() > 5 ? r.losses[5] : r.losses.back(), r.last, extra.c_str(),
      (long long)params, peak_rss_mb(), a.threads, version.c_str());
  std::fflush(stdout);
}

inline std::vector<uint8_t> gunzip(const std::string& path, size_t expect) {
  gzFile f = gzopen(path.c_str(), "rb");
  if (!f) throw std::runtime_error("cannot open " + path);
  gzbuffer(f, 1 << 20);
  std::vector<uint8_t> v(expect);
  size_t got = 0;
  while (got < expect) {
    int n = gzread(f, v.data() + got, unsigned(std::min<size_t>(expect - got, 1 << 24)));
    if (n <= 0) break;
    got += size_t(n);
  }
  gzclose(f);
  v.resize(got);
  return v;
}

}  // namespace peers
