#include <boost/test/unit_test.hpp>

#include "io/csv.h"
#include "io/hdf5_file.h"
#include "io/npy.h"
#include "io/npz.h"
#include "tests/apps/command_test.h"
#include "tests/io/scratch_folder.h"

using namespace cornu;
using namespace cornu::testing;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string model(const std::string& name) { return golden_case(name) + "/model.keras"; }

}  // namespace

BOOST_AUTO_TEST_SUITE(apps_cli)

BOOST_AUTO_TEST_CASE(every_command_has_help) {
  for (const char* command :
       {"", "summary ", "plot ", "inspect ", "predict ", "evaluate ", "verify ", "bench ", "devices "}) {
    const CommandResult result = run_cornu(std::string(command) + "--help");
    BOOST_TEST_CONTEXT(command) {
      BOOST_TEST(result.exit_code == 0);
      BOOST_TEST(contains(result.output, "Usage: "));
      BOOST_TEST(result.errors == "");
    }
  }
}

// Before or behind the command; a card that is not there is said before a model is read.
BOOST_AUTO_TEST_CASE(models_run_where_device_says) {
  for (const char* arguments : {"--device cpu:0 devices", "devices --device cpu"})
    BOOST_TEST(run_cornu(arguments).exit_code == 0);
  const CommandResult unknown = run_cornu("--device tpu:0 devices");
  BOOST_TEST(unknown.exit_code == 1);
  BOOST_TEST(unknown.errors == "cornu: expected a device such as 'cpu:0' or 'gpu:0'; got 'tpu:0'\n");
  const CommandResult absent = run_cornu("summary no_such_file.keras --device gpu:99");
  BOOST_TEST(absent.exit_code == 1);
  BOOST_TEST(contains(absent.errors, "cornu: device 'gpu:99' "));
}

BOOST_AUTO_TEST_CASE(bad_usage_exits_with_2_and_says_what_is_missing) {
  for (const char* arguments : {"", "fly", "summary", "predict x.keras", "verify one.keras",
                                "summary x.keras --no-such-flag", "plot x.keras", "plot x.keras y.svg --rankdir up"}) {
    const CommandResult result = run_cornu(arguments);
    BOOST_TEST_CONTEXT(arguments) {
      BOOST_TEST(result.exit_code == 2);
      BOOST_TEST(result.output == "");
      BOOST_TEST(contains(result.errors, "--help"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_failure_exits_with_1_and_names_the_file) {
  for (const char* arguments : {"summary no_such.keras", "inspect no_such.h5", "verify no_such.keras no_such.h5",
                                "predict no_such.keras x.npy", "verify --all no_such_folder"}) {
    const CommandResult result = run_cornu(arguments);
    BOOST_TEST_CONTEXT(arguments) {
      BOOST_TEST(result.exit_code == 1);
      BOOST_TEST(result.output == "");
      BOOST_TEST(contains(result.errors, "no_such"));
    }
  }
}

BOOST_AUTO_TEST_CASE(summary_prints_the_table) {
  const CommandResult result = run_cornu("summary --ascii " + model("file_siamese"));
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(contains(result.output, "| Layer (type)"));
  BOOST_TEST(contains(result.output, "Connected to"));
  BOOST_TEST(contains(result.output, " Total params: "));
}

BOOST_AUTO_TEST_CASE(plot_draws_models_of_files) {
  const ScratchFolder folder;
  for (const char* name : {"file_siamese", "model_sequential_cnn", "model_seq2seq_lstm", "model_transformer",
                           "model_app_mobilenetv2", "model_op_graph_arith", "model_nested_models_as_outputs"}) {
    BOOST_TEST_CONTEXT(name) {
      const std::string file = folder / (std::string(name) + ".svg");
      const CommandResult result =
          run_cornu("plot --show-shapes --show-layer-names --expand-nested " + model(name) + " " + file);
      BOOST_TEST(result.exit_code == 0);
      BOOST_TEST(result.errors == "");
      const std::string svg = contents_of(file);
      BOOST_TEST(svg.starts_with("<svg "));
      BOOST_TEST(contains(svg, "(InputLayer)"));
      BOOST_TEST(contains(svg, "marker-end"));
    }
  }
  BOOST_TEST(run_cornu("plot --rankdir LR " + model("file_siamese") + " " + (folder / "m.dot")).exit_code == 0);
  BOOST_TEST(contains(contents_of(folder / "m.dot"), "rankdir=LR"));
  const CommandResult other = run_cornu("plot " + model("file_siamese") + " " + (folder / "m.png"));
  BOOST_TEST(other.exit_code == 1);
  BOOST_TEST(contains(other.errors, "expected a file that ends in .svg or .dot"));
}

BOOST_AUTO_TEST_CASE(inspect_shows_the_writer_and_the_arrays) {
  const CommandResult archive = run_cornu("inspect " + model("layer_dense_linear"));
  BOOST_TEST(archive.exit_code == 0);
  BOOST_TEST(contains(archive.output, "written by: Keras 3."));
  BOOST_TEST(contains(archive.output, "date: 20"));
  BOOST_TEST(contains(archive.output, "(Dense)"));
  BOOST_TEST(contains(archive.output, "layers/dense/vars/0 ("));
  const CommandResult weights = run_cornu("inspect --json " + golden_case("file_siamese") + "/weights.weights.h5");
  BOOST_TEST(weights.exit_code == 0);
  BOOST_TEST(contains(weights.output, "\"dtype\": \"float32\""));
}

BOOST_AUTO_TEST_CASE(predict_reads_every_kind_of_data_and_writes_npy) {
  const ScratchFolder folder;
  const auto reference = io::Hdf5File::open(golden_case("layer_dense_linear") + "/reference.h5");
  const Tensor x = reference.read("inputs/0");
  const Tensor want = reference.read("outputs/0");
  io::write_npy(folder / "x.npy", x);
  io::write_npz(folder / "x.npz", {{"anything", x}});
  for (const std::string& data :
       {folder / "x.npy", folder / "x.npz", golden_case("layer_dense_linear") + "/reference.h5:/inputs/0"}) {
    const CommandResult result =
        run_cornu("predict " + model("layer_dense_linear") + " " + data + " -o " + folder / "y.npy");
    BOOST_TEST_CONTEXT(data) {
      BOOST_TEST(result.errors == "");
      BOOST_REQUIRE(result.exit_code == 0);
      const Tensor got = io::read_npy(folder / "y.npy");
      BOOST_TEST(got.shape() == want.shape());
      // One dot product of a few numbers below 4 in float32.
      for (std::int64_t i = 0; i < want.num_elements(); ++i) {
        BOOST_TEST(std::abs(got.to_vector<double>()[static_cast<std::size_t>(i)] -
                            want.to_vector<double>()[static_cast<std::size_t>(i)]) < 1e-5);
      }
    }
  }
  const CommandResult unknown = run_cornu("predict " + model("layer_dense_linear") + " data.txt");
  BOOST_TEST(unknown.exit_code == 1);
  BOOST_TEST(contains(unknown.errors, "'data.txt': expected data as .npy"));
}

BOOST_AUTO_TEST_CASE(evaluate_prints_loss_and_metrics) {
  const std::string reference = golden_case("fit_loss_bce") + "/reference.h5";
  const CommandResult result = run_cornu("evaluate --json " + model("fit_loss_bce") + " -x " + reference +
                                         ":/fit/x/0 -y " + reference + ":/fit/y/0");
  BOOST_TEST(result.errors == "");
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(contains(result.output, "\"loss\": "));
  const CommandResult uncompiled = run_cornu("evaluate " + model("layer_dense_linear") + " -x " + reference +
                                             ":/fit/x/0 -y " + reference + ":/fit/y/0");
  BOOST_TEST(uncompiled.exit_code == 1);
  BOOST_TEST(contains(uncompiled.errors, "saved without loss and metrics"));
}

BOOST_AUTO_TEST_CASE(verify_agrees_with_keras_and_reports_other_weights) {
  const CommandResult same =
      run_cornu("verify " + model("layer_dense_linear") + " " + golden_case("layer_dense_linear") + "/reference.h5");
  BOOST_TEST(same.exit_code == 0);
  BOOST_TEST(contains(same.output, " results agree"));
  // Another case's model of the same shapes.
  const CommandResult other = run_cornu("verify --json " + model("layer_activation_tanh") + " " +
                                        golden_case("layer_activation_relu") + "/reference.h5");
  BOOST_TEST(other.exit_code == 1);
  BOOST_TEST(contains(other.output, "\"agrees\": false"));
  BOOST_TEST(contains(other.output, "outputs/0 "));
}

BOOST_AUTO_TEST_SUITE_END()
