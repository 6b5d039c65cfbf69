#include "models/training/callbacks/progress_logger.h"

#include <unistd.h>

#include <cstdio>

#include "models/training/progress_bar.h"

namespace cornu {
namespace {

class ProgressLogger final : public Callback {
 public:
  explicit ProgressLogger(bool shows_bar) : shows_bar_(shows_bar) {}

  void on_train_begin() override { trains_ = true; }

  void on_epoch_begin(std::int64_t epoch) override {
    std::printf("Epoch %lld/%lld\n", static_cast<long long>(epoch) + 1, static_cast<long long>(facts().epochs));
    bar_.start(facts().steps, shows_bar_);
  }

  void on_train_batch_end(std::int64_t batch, const Logs& logs) override { bar_.update(batch + 1, logs); }
  void on_epoch_end(std::int64_t, Logs& logs) override { bar_.finish(logs); }

  void on_test_begin() override {
    if (!trains_) bar_.start(facts().steps, shows_bar_);
  }
  void on_test_batch_end(std::int64_t batch, const Logs& logs) override {
    if (!trains_) bar_.update(batch + 1, logs);
  }
  void on_test_end(const Logs& logs) override {
    if (!trains_) bar_.finish(logs);
  }

 private:
  bool shows_bar_;
  bool trains_ = false;
  ProgressBar bar_;
};

}  // namespace

CallbackPtr make_progress_logger(Verbose verbose) {
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  return std::make_shared<ProgressLogger>(verbose == Verbose::kProgressBar || (verbose == Verbose::kAuto && terminal));
}

}  // namespace cornu
