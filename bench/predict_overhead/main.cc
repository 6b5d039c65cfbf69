// cornu-bench-predict-overhead: what predict_into costs besides the kernels, and how two threads that predict with one
// model scale.
//
//   cornu-bench-predict-overhead [SECONDS]
//
// The model is the 784-512-256-10 MLP at batch 1, on one thread. Prints the median time of a call, of its kernels by
// themselves and within a run, and how much more often two threads predict than one. CPU time tells that where other
// work keeps the cores busy.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <numeric>
#include <thread>
#include <vector>

#include <cornu/cornu.h>

namespace {

using namespace cornu;
using namespace cornu::layers;

constexpr std::int64_t kInputs = 784;
constexpr std::int64_t kClasses = 10;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double cpu_seconds_of_thread() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Microseconds of CPU time.
double time_of_call(const Sequential& model, double seconds) {
  const NumThreadsScope one(1);
  const std::vector<float> pixels(kInputs, 0.5F);
  std::vector<float> scores(kClasses);
  std::vector<double> times;
  for (const double end = now() + seconds; now() < end;) {
    constexpr int kCalls = 100;
    const double begin = cpu_seconds_of_thread();
    for (int i = 0; i < kCalls; ++i) model->predict_into(pixels, scores);
    times.push_back((cpu_seconds_of_thread() - begin) / kCalls * 1e6);
  }
  return median(std::move(times));
}

struct Rate {
  double by_clock;     // calls per second
  double by_cpu_time;  // the same if no thread had waited for a core
};

// Of so many threads at once.
Rate calls_per_second(const Sequential& model, int num_threads, double seconds) {
  std::atomic<bool> stops{false};
  std::atomic<std::int64_t> calls{0};
  std::vector<double> rates(static_cast<std::size_t>(num_threads));
  std::vector<std::thread> threads;
  threads.reserve(rates.size());
  for (double& rate : rates) {
    threads.emplace_back([&] {
      const NumThreadsScope one(1);
      const std::vector<float> pixels(kInputs, 0.5F);
      std::vector<float> scores(kClasses);
      const double begin = cpu_seconds_of_thread();
      std::int64_t count = 0;
      for (; !stops.load(std::memory_order_relaxed); ++count) model->predict_into(pixels, scores);
      rate = static_cast<double>(count) / (cpu_seconds_of_thread() - begin);
      calls += count;
    });
  }
  const double begin = now();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stops = true;
  const double end = now();
  for (std::thread& thread : threads) thread.join();
  return {static_cast<double>(calls) / (end - begin), std::accumulate(rates.begin(), rates.end(), 0.0)};
}

ProgramProfile profile_of(const Sequential& model, double seconds) {
  const NumThreadsScope one(1);
  const std::vector<Tensor> inputs{Tensor::copy(std::vector<float>(kInputs, 0.5F), {1, kInputs})};
  std::vector<float> scores(kClasses);
  const void* const source = inputs[0].raw();
  void* const target = scores.data();
  return model->prediction_program(inputs)->profile({&source, 1}, {&target, 1},
                                                    {.runs = 2001, .seconds_per_step = seconds / 10});
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 1.0;
  const Sequential model({Dense(512, {.activation = "relu"}), Dense(256, {.activation = "relu"}), Dense(kClasses)},
                         {.input_shape = Shape{kInputs}});
  model->prepare({{1, kInputs}});
  const double call = time_of_call(model, seconds);
  const ProgramProfile profile = profile_of(model, seconds);
  std::printf("predict_into %.2f us, its kernels by themselves %.2f us: %.2f us beside them\n", call,
              profile.sum_alone_ms() * 1e3, call - profile.sum_alone_ms() * 1e3);
  std::printf("a run of its program %.2f us, of which its kernels %.2f us, the clock between them included\n",
              profile.run_ms * 1e3, profile.sum_in_run_ms() * 1e3);
  constexpr int kTurns = 5;
  std::vector<double> by_clock;
  std::vector<double> by_cpu_time;
  for (int turn = 0; turn < kTurns; ++turn) {
    const Rate one = calls_per_second(model, 1, seconds / kTurns);
    const Rate two = calls_per_second(model, 2, seconds / kTurns);
    by_clock.push_back(two.by_clock / one.by_clock);
    by_cpu_time.push_back(two.by_cpu_time / one.by_cpu_time);
  }
  std::printf("2 threads predict %.2f times as often as 1, by CPU time %.2f times (medians of %d)\n",
              median(std::move(by_clock)), median(std::move(by_cpu_time)), kTurns);
  return 0;
}
