#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/apps/command_test.h"
#include "tests/support/event_file_reader.h"

using namespace cornu::test;
using namespace cornu::testing;

namespace {

// Where Debian's dataset-fashion-mnist puts it.
const std::string kFashion = "/usr/share/datasets/fashion-mnist";

// Runs an example in a folder of its own, with its output checked to be free of errors.
std::string output_of(const ScratchFolder& folder, const std::string& program, const std::string& arguments) {
  const char* apps = std::getenv("CORNU_APPS_DIR");
  const std::string path = std::filesystem::absolute(std::string(apps ? apps : "build/apps") + "/" + program).string();
  const std::string command =
      "cd '" + folder / "." + "' && '" + path + "' " + arguments + " >output 2>errors </dev/null";
  const int status = std::system(command.c_str());
  BOOST_TEST(status == 0);
  BOOST_TEST(contents_of(folder / "errors") == "");
  return contents_of(folder / "output");
}

// The number behind a text in the output.
double number_after(const std::string& output, const std::string& text) {
  const std::size_t at = output.rfind(text);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, "\"" << text << "\" is not in: " << output);
  return std::stod(output.substr(at + text.size()));
}

bool has_fashion() {
  if (std::filesystem::exists(kFashion + "/train-images-idx3-ubyte.gz")) return true;
  BOOST_TEST_MESSAGE("skipped: Fashion-MNIST is not in " << kFashion << " (Debian: dataset-fashion-mnist)");
  return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(apps_examples)

// What its accuracy must reach: chance is 0.1; a little training gives 0.8.
BOOST_AUTO_TEST_CASE(siamese_has_the_same_accuracy_in_a_fresh_process) {
  if (!has_fashion()) return;
  const ScratchFolder folder;
  const std::string trained = output_of(folder, "siamese", "--small --save siamese.weights.h5 --logs logs");
  const std::string loaded = output_of(folder, "siamese", "--small --load siamese.weights.h5");
  BOOST_TEST(loaded.find("Weights loaded from siamese.weights.h5") != std::string::npos);
  const double accuracy = number_after(trained, "test images: ");
  BOOST_TEST(accuracy > 0.7);
  BOOST_TEST(number_after(loaded, "test images: ") == accuracy);
  // What TensorBoard shows: both images go into the one tower, whose last layer goes into the distance twice.
  const auto records = read_event_file(event_file_in(folder / "logs/train"));
  BOOST_TEST(node_named(records, "tower/conv2d").inputs ==
             std::vector<std::string>({"left", "right", "tower/conv2d/kernel", "tower/conv2d/bias"}));
  BOOST_TEST(node_named(records, "l2_distance").inputs == std::vector<std::string>({"tower/dense_1", "tower/dense_1"}));
  const auto values = values_by_tag(records);
  BOOST_TEST(values.at("epoch_loss").size() == 1u);
  BOOST_TEST(values.at("batch_loss").size() == 3u);  // of 32 batches
  BOOST_TEST(values.contains("tower/conv2d/kernel/histogram"));
}

BOOST_AUTO_TEST_CASE(lenet_learns_and_counts_confusions) {
  if (!has_fashion()) return;
  const ScratchFolder folder;
  const std::string output = output_of(folder, "lenet", "--small");
  BOOST_TEST(number_after(output, "accuracy ") > 0.65);
  // Rows of ten counts, which are those of the 1000 test images.
  const std::string table = output.substr(output.find("Rows: "));
  const std::regex number("[0-9]+");
  std::int64_t count = 0;
  for (std::sregex_iterator it(table.begin(), table.end(), number); it != std::sregex_iterator(); ++it) {
    count += std::stoll(it->str());
  }
  BOOST_TEST(count == 1000);
}

// So that what README.md shows compiles: its lines are lines of apps/encoder.cc, in their order.
BOOST_AUTO_TEST_CASE(readme_shows_lines_of_encoder) {
  const auto words = [](const std::string& line) {
    return line.substr(std::min(line.find_first_not_of(' '), line.size()));
  };
  const std::string readme = contents_of("README.md");
  const std::size_t begin = readme.find("```cpp\n") + 7;
  std::istringstream example(readme.substr(begin, readme.find("```", begin) - begin));
  std::ifstream program("apps/encoder.cc");
  std::string shown, compiled;
  while (std::getline(example, shown)) {
    if (words(shown).empty()) continue;
    bool found = false;
    while (!found && std::getline(program, compiled)) found = words(compiled) == words(shown);
    BOOST_TEST(found, "not in apps/encoder.cc, or not in this order: " << shown);
  }
}

BOOST_AUTO_TEST_CASE(encoder_trains_and_saves) {
  const ScratchFolder folder;
  const std::string output = output_of(folder, "encoder", "--small");
  BOOST_TEST(number_after(output, " to ") < number_after(output, "The loss fell from "));
  BOOST_TEST(std::filesystem::exists(folder / "encoder.weights.h5"));
}

BOOST_AUTO_TEST_CASE(regression_shows_the_figures_of_both_outputs) {
  const ScratchFolder folder;
  const std::string output = output_of(folder, "regression", "--small");
  BOOST_TEST(number_after(output, "val_loss from ") > 4 * number_after(output, " to "));
  for (const char* figure : {"\nloss: ", "\nprice_loss: ", "\nage_loss: "})
    BOOST_TEST(number_after(output, figure) < 1);
  BOOST_TEST(number_after(output, "\nprice_mae: ") < 0.3);
  BOOST_TEST(number_after(output, "\nage_root_mean_squared_error: ") < 1);
}

BOOST_AUTO_TEST_CASE(subclassed_takes_off_noise_and_reloads) {
  const ScratchFolder folder;
  const std::string output = output_of(folder, "subclassed", "--small --save d.weights.h5");
  BOOST_TEST(number_after(output, "after: ") < 0.8 * number_after(output, "Noise before: "));
  BOOST_TEST(number_after(output, "Loaded from d.weights.h5: greatest difference ") == 0);
}

BOOST_AUTO_TEST_CASE(gradient_tape_finds_second_derivatives_and_trains) {
  const ScratchFolder folder;
  const std::string output = output_of(folder, "gradient_tape", "--small");
  BOOST_TEST(output.find("y''= [6 12 18]") != std::string::npos);
  BOOST_TEST(number_after(output, "step 399: loss ") < 0.1 * number_after(output, "step 0: loss "));
}

BOOST_AUTO_TEST_CASE(embedding_gives_the_same_in_two_threads) {
  const ScratchFolder folder;
  BOOST_TEST(number_after(output_of(folder, "embedding", "--small"), "2 threads, 200 calls each: ") == 0);
}

BOOST_AUTO_TEST_SUITE_END()
