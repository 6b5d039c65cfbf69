#include "models/training/callbacks/csv_logger.h"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <limits>
#include <sstream>

#include "framework/error.h"
#include "tests/models/training/callbacks/fake_host.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using callbacks::CSVLogger;
using test::FakeHost;
using test::logs_of;
using test::message_of;

struct Folder {
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string text() const {
    std::ifstream file(name, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("cornu_csv_logger_" + std::to_string(getpid()));
  std::string name = (path / "log.csv").string();
};

void run(const CallbackPtr& callback, std::vector<Logs> epochs, std::int64_t first = 0) {
  FakeHost host;
  callback->attach(host, {});
  callback->on_train_begin();
  for (Logs& logs : epochs) callback->on_epoch_end(first++, logs);
  callback->on_train_end({});
}

// The files are those of Keras 3.15.1, byte for byte.
BOOST_FIXTURE_TEST_SUITE(models_training_callbacks_csv_logger, Folder)

BOOST_AUTO_TEST_CASE(writes_a_line_for_each_epoch) {
  run(CSVLogger({.filename = name}),
      {logs_of({{"loss", 0.25}, {"accuracy", 1.0}, {"val_loss", 1e-7}}),
       logs_of({{"loss", std::numeric_limits<double>::quiet_NaN()}, {"accuracy", 0.1}})});
  BOOST_TEST(text() == "epoch,accuracy,loss,val_loss\r\n0,1.0,0.25,1e-07\r\n1,0.1,nan,NA\r\n");
}

BOOST_AUTO_TEST_CASE(has_columns_for_a_validation_to_come) {
  run(CSVLogger({.filename = name}), {logs_of({{"loss", 0.25}}), logs_of({{"loss", 0.5}, {"val_loss", 1.0}})});
  BOOST_TEST(text() == "epoch,loss,val_loss\r\n0,0.25,NA\r\n1,0.5,1.0\r\n");
}

BOOST_AUTO_TEST_CASE(appends_without_a_second_header) {
  const Logs logs = logs_of({{"loss", 0.25}, {"val_loss", 0.5}});
  run(CSVLogger({.filename = name, .append = true}), {logs});
  run(CSVLogger({.filename = name, .append = true}), {logs}, 1);
  BOOST_TEST(text() == "epoch,loss,val_loss\r\n0,0.25,0.5\r\n1,0.25,0.5\r\n");
  run(CSVLogger({.filename = name}), {logs});
  BOOST_TEST(text() == "epoch,loss,val_loss\r\n0,0.25,0.5\r\n");
}

BOOST_AUTO_TEST_CASE(quotes_what_needs_it) {
  Logs logs;
  logs.set("f1", std::vector<double>{0.5, 0.25});
  logs.set("val;f1", 1.0);
  run(CSVLogger({.filename = name, .separator = ";"}), {logs});
  BOOST_TEST(
      text().starts_with("epoch;f1;\"val;f1\";val_f1;\"val_val;f1\"\r\n0;\"\"\"[0.5, 0.25]\"\"\";1.0;NA;NA\r\n"));
}

BOOST_AUTO_TEST_CASE(a_line_is_there_when_its_epoch_has_ended) {
  FakeHost host;
  const CallbackPtr callback = CSVLogger({.filename = name});
  callback->attach(host, {});
  callback->on_train_begin();
  Logs logs = logs_of({{"loss", 0.25}});
  callback->on_epoch_end(0, logs);
  BOOST_TEST(text().ends_with("0,0.25,NA\r\n"));
}

BOOST_AUTO_TEST_CASE(says_when_it_cannot_write) {
  BOOST_TEST(message_of<FormatError>([&] {
               run(CSVLogger({.filename = name + "/no/log.csv"}), {});
             }).ends_with("does its folder exist?"));
  BOOST_TEST(message_of<InvalidArgument>([&] { CSVLogger({.filename = name, .separator = ", "}); }) ==
             "CSVLogger: separator must be one character; got \", \"");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
