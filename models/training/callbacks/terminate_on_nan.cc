#include "models/training/callbacks/terminate_on_nan.h"

#include <cmath>
#include <cstdio>

#include "framework/error.h"
#include "models/training/callbacks/python_number.h"

namespace cornu::callbacks {

void TerminateOnNaNCallback::on_train_batch_end(std::int64_t batch, const Logs& logs) {
  if (!logs.contains("loss") || std::isfinite(logs.at("loss"))) return;
  if (options_.raise_error) {
    throw StateError("TerminateOnNaN: the loss of batch " + std::to_string(batch) + " is " +
                     python_number(logs.at("loss")) + "; look for too great a learning rate or NaN in the data");
  }
  std::printf("Batch %lld: Invalid loss, terminating training\n", static_cast<long long>(batch));
  host().stop_training();
}

}  // namespace cornu::callbacks
