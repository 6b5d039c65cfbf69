#include "models/training/callbacks/model_checkpoint.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "models/training/callbacks/file_template.h"
#include "tests/models/training/callbacks/fake_host.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using callbacks::filled_template;
using callbacks::ModelCheckpoint;
using test::FakeHost;
using test::logs_of;
using test::message_of;
using test::run_epochs;

using Paths = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(models_training_callbacks_model_checkpoint)

BOOST_AUTO_TEST_CASE(fills_in_names_as_python_does) {
  const Logs logs = logs_of({{"val_loss", 0.2549}, {"loss", 1.0}, {"tiny", 1e-5}});
  BOOST_TEST(filled_template("{epoch:02d}-{val_loss:.2f}.weights.h5", 3, {}, logs) == "03-0.25.weights.h5");
  BOOST_TEST(filled_template("{epoch}_{loss}_{tiny}", 12, {}, logs) == "12_1.0_1e-05");
  BOOST_TEST(filled_template("{{{epoch:4d}}}", 7, {}, logs) == "{   7}");
  BOOST_TEST(filled_template("{epoch:03}-{batch:05d}-{val_loss:8.3e}", 7, 41, logs) == "007-00041-2.549e-01");
  BOOST_TEST(filled_template("{val_loss:.2g}", 7, {}, logs) == "0.25");
  BOOST_TEST(filled_template("no field", 7, {}, logs) == "no field");
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_a_name) {
  const Logs logs = logs_of({{"loss", 1.0}});
  const auto message = [&](const char* pattern) {
    return message_of<InvalidArgument>([&] { filled_template(pattern, 1, {}, logs); });
  };
  BOOST_TEST(message("{val_loss:.2f}") ==
             "ModelCheckpoint: cannot fill in filepath \"{val_loss:.2f}\": there is no figure \"val_loss\"; there are: "
             "epoch, loss");
  BOOST_TEST(message("{loss").find("a brace is not closed") != std::string::npos);
  BOOST_TEST(message("{loss:%s}").find("is not one of 02d, .2f") != std::string::npos);
  BOOST_TEST(message("{loss:999d}").find("is not one of 02d, .2f") != std::string::npos);
  BOOST_TEST(message("{loss:02d}").find("is no integer") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(writes_a_file_for_each_epoch) {
  FakeHost host;
  run_epochs(ModelCheckpoint({.filepath = "{epoch:02d}-{val_loss:.2f}.weights.h5", .save_weights_only = true}), host,
             "val_loss", {1, 2, 0.5});
  BOOST_TEST(host.saved == (Paths{"01-1.00.weights.h5", "02-2.00.weights.h5", "03-0.50.weights.h5"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(writes_only_what_is_better) {
  FakeHost host;
  run_epochs(ModelCheckpoint({.filepath = "{epoch}.weights.h5", .save_best_only = true, .save_weights_only = true}),
             host, "val_loss", {1, 2, 0.5, 0.5});
  BOOST_TEST(host.saved == (Paths{"1.weights.h5", "3.weights.h5"}), boost::test_tools::per_element());
  host.saved.clear();
  run_epochs(ModelCheckpoint({.filepath = "{epoch}.weights.h5",
                              .save_best_only = true,
                              .save_weights_only = true,
                              .mode = "max",
                              .initial_value_threshold = 1.5}),
             host, "val_loss", {1, 2, 0.5, 3});
  BOOST_TEST(host.saved == (Paths{"2.weights.h5", "4.weights.h5"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(writes_every_so_many_batches) {
  FakeHost host;
  const CallbackPtr callback =
      ModelCheckpoint({.filepath = "{epoch}-{batch}.weights.h5", .save_weights_only = true, .save_freq = 4});
  callback->attach(host, {.epochs = 3, .steps = 3});
  for (std::int64_t epoch = 0; epoch < 3; ++epoch) {
    callback->on_epoch_begin(epoch);
    for (std::int64_t batch = 0; batch < 3; ++batch) callback->on_train_batch_end(batch, {});
    Logs logs;
    callback->on_epoch_end(epoch, logs);
  }
  BOOST_TEST(host.saved == (Paths{"2-1.weights.h5", "3-2.weights.h5"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rejects_what_it_cannot_write) {
  BOOST_TEST(message_of<InvalidArgument>([] {
               ModelCheckpoint({.filepath = "model.keras", .save_weights_only = true});
             }) == "ModelCheckpoint: with save_weights_only the filepath must end in .weights.h5; got \"model.keras\"");
  BOOST_TEST(message_of<Unsupported>([] {
               ModelCheckpoint({.filepath = "model.keras"});
             }).find("give .save_weights_only = true") != std::string::npos);
  BOOST_TEST(message_of<InvalidArgument>([] {
               ModelCheckpoint({.filepath = "a.weights.h5", .save_weights_only = true, .save_freq = 0});
             }) == "ModelCheckpoint: save_freq must be a positive number of batches; got 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
