#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/config.h"
#include "io/json.h"
#include "models/saving.h"
#include "tests/apps/command_test.h"

using namespace cornu;
using namespace cornu::testing;

namespace {

std::string model(const std::string& name) { return golden_case(name) + "/model.keras"; }

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The shortest measurement: six steps that do not count, and five.
Config measured(const std::string& arguments) {
  const CommandResult result = run_cornu("bench --threads 1 --seconds 0 " + arguments);
  BOOST_TEST(result.errors == "");
  BOOST_REQUIRE(result.exit_code == 0);
  BOOST_TEST(result.output.starts_with("{"));
  BOOST_TEST(result.output.find('\n') == result.output.size() - 1);
  return io::parse_json(result.output, "stdout");
}

std::string errors_of(const std::string& arguments) {
  const CommandResult result = run_cornu("bench --threads 1 --seconds 0 " + arguments);
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(result.output == "");
  return result.errors;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(apps_cli_bench_command)

BOOST_AUTO_TEST_CASE(prints_one_line_with_the_keys_of_cornu_bench) {
  const Config result = measured(model("model_sequential_cnn") + " --batch-size 3");
  for (const char* key : {"workload", "batch_size", "peer", "median_ms", "p10_ms", "p90_ms", "steps", "cold_start_s",
                          "peak_rss_mb", "loss_first", "loss_step5", "loss_last", "params", "threads", "version"}) {
    BOOST_TEST(result.contains(key), key);
  }
  BOOST_TEST(result.size() == 15);
  BOOST_TEST(result.at("workload").as_string() == model("model_sequential_cnn"));
  BOOST_TEST(result.at("batch_size").as_int() == 3);
  BOOST_TEST(result.at("peer").as_string() == "cornu");
  BOOST_TEST(result.at("threads").as_int() == 1);
  BOOST_TEST(result.at("steps").as_int() == 5);
  BOOST_TEST(result.at("median_ms").as_double() > 0.0);
  BOOST_TEST(result.at("params").as_int() == load_model(model("model_sequential_cnn"))->count_params());
  // Inference: output element 0, always the same.
  BOOST_TEST(result.at("loss_first").as_double() == result.at("loss_last").as_double());
}

// Keras 3.15.1 (TensorFlow) on the same files, inputs and targets: the losses of the first and the sixth of its
// `train_on_batch`. Float32 differs in the last digits.
BOOST_AUTO_TEST_CASE(trains_as_keras_does) {
  struct Case {
    const char* name;
    double first;
    double after_five_updates;
  };
  for (const Case& wanted : {Case{"fit_loss_scce", 1.1616777181625366, 1.119660496711731},
                             Case{"fit_loss_cce", 1.44219970703125, 1.236565351486206},
                             Case{"fit_loss_bce", 0.5986413955688477, 0.5474643707275391},
                             Case{"fit_loss_mse", 0.3574592173099518, 0.1902022808790207},
                             Case{"fit_multi_output_dict", 2.5947799682617188, 1.0050654411315918}}) {
    BOOST_TEST_CONTEXT(wanted.name) {
      const Config result = measured("--train --batch-size 8 " + model(wanted.name));
      BOOST_TEST(std::abs(result.at("loss_first").as_double() - wanted.first) < 1e-5 * wanted.first);
      BOOST_TEST(std::abs(result.at("loss_step5").as_double() - wanted.after_five_updates) < 1e-5 * wanted.first);
    }
  }
}

BOOST_AUTO_TEST_CASE(measures_models_of_every_kind) {
  for (const char* arguments : {"model_siamese_text", "model_multi_io", "model_dict_inputs_outputs",
                                "model_per_layer_float64", "layer_conv1d_dynamic_len", "layer_lstm_stateful"}) {
    BOOST_TEST_CONTEXT(arguments) { BOOST_TEST(!std::isnan(measured(model(arguments)).at("loss_last").as_double())); }
  }
  for (const char* name : {"fit_embedding", "fit_siamese_cosine_hinge", "fit_loss_circle", "fit_multi_output_list"}) {
    BOOST_TEST_CONTEXT(name) {
      const Config result = measured("--train " + model(name));
      BOOST_TEST(result.at("loss_last").as_double() < result.at("loss_first").as_double());
    }
  }
}

BOOST_AUTO_TEST_CASE(shapes_left_open_are_given_by_options) {
  const std::string open = model("layer_conv1d_dynamic_len");
  BOOST_TEST(measured("--unknown-size 12 " + open).at("batch_size").as_int() == 32);
  BOOST_TEST(contains(errors_of("--input-shape 5,5,5 " + open), "expected samples of shape (None, "));
  BOOST_TEST(contains(errors_of("--input-shape 5,x " + open), "expected positive sizes with commas between them"));
}

BOOST_AUTO_TEST_CASE(says_what_is_missing) {
  const std::string uncompiled = errors_of("--train " + model("layer_dense_linear"));
  BOOST_TEST(contains(uncompiled, "expected a model with optimizer and loss to train"));
  BOOST_TEST(contains(uncompiled, "without --train"));
  BOOST_TEST(contains(errors_of("no_such.keras"), "no_such.keras"));
  BOOST_TEST(run_cornu("bench x.keras --batch-size 0").exit_code == 2);
}

BOOST_AUTO_TEST_SUITE_END()
