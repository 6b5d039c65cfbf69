#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/broadcast_constant.h"
#include "models/v1/array_ops.h"
#include "models/v1/errors.h"
#include "models/v1/session.h"
#include "models/v1/train.h"
#include "models/v1/variable_scope.h"
#include "tests/io/scratch_folder.h"
#include "tests/models/v1/fresh_graph.h"
#include "tests/support/gradient_check.h"
#include "tests/support/message_of.h"

using namespace cornu;
using test::check_close;
using test::message_of;
using testing::ScratchFolder;

namespace {

Tensor numbers(std::initializer_list<float> values) {
  return Tensor::copy(values, {static_cast<std::int64_t>(values.size())});
}

v1::Variable made(const std::string& scope, const std::string& name, const Tensor& value) {
  const v1::VariableScope inside(scope, {.reuse = v1::AUTO_REUSE});
  return v1::get_variable(name, {.initializer = value});
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(models_v1_saver, test::FreshGraph)

BOOST_AUTO_TEST_CASE(values_come_back_in_another_session) {
  const ScratchFolder folder;
  const v1::Variable root = v1::get_variable("root", {.initializer = numbers({7})});
  const v1::Variable kernel = made("net/fc1", "kernel", ops::ones({2, 3})),
                     bias = made("net/fc1", "bias", numbers({1, 2, 3}));
  const v1::Variable count = v1::get_variable("count", {.initializer = Tensor::copy<std::int64_t>({5}, {1})});
  const v1::train::Saver saver;
  v1::Session first;
  first.run(v1::global_variables_initializer());
  first.load(bias, numbers({4, 5, 6}));
  BOOST_TEST(saver.save(first, folder / "m.weights.h5") == folder / "m.weights.h5");

  v1::Session second;
  saver.restore(second, folder / "m.weights.h5");
  check_close(second.run(bias), numbers({4, 5, 6}));
  check_close(second.run(kernel), ops::ones({2, 3}));
  check_close(second.run(root), numbers({7}));
  BOOST_CHECK(second.run(count).tensor().dtype() == int64);
}

BOOST_AUTO_TEST_CASE(a_list_saves_those_alone) {
  const ScratchFolder folder;
  const v1::Variable a = made("a", "w", numbers({1})), b = made("b", "w", numbers({2}));
  v1::Session session;
  session.run(v1::global_variables_initializer());
  v1::train::Saver({a}).save(session, folder / "a.weights.h5");
  BOOST_TEST(message_of<v1::errors::ValueError>([&] {
               v1::train::Saver().restore(session, folder / "a.weights.h5");
             }).find("expected 1 variables in scope 'b'; got 0") != std::string::npos);
  v1::Session other;
  v1::train::Saver({a}).restore(other, folder / "a.weights.h5");
  BOOST_TEST(other.run(a).item() == 1.0);
  BOOST_TEST(!other.is_initialized(b));
}

BOOST_AUTO_TEST_CASE(a_file_that_does_not_fit_changes_nothing) {
  const ScratchFolder folder;
  {
    const v1::Graph graph;
    const auto as_default = graph.as_default();
    made("a", "w", numbers({1}));
    made("b", "w", numbers({2, 2}));
    v1::Session session;
    session.run(v1::global_variables_initializer());
    v1::train::Saver().save(session, folder / "m.weights.h5");
  }
  const v1::Variable a = made("a", "w", numbers({9})), b = made("b", "w", numbers({9, 9, 9}));
  v1::Session session;
  session.run(v1::global_variables_initializer());
  const std::string message =
      message_of<v1::errors::ValueError>([&] { v1::train::Saver().restore(session, folder / "m.weights.h5"); });
  BOOST_TEST(message.find("m.weights.h5") != std::string::npos);
  BOOST_TEST(message.find("shape (3,) for variable b/w:0; got (2,)") != std::string::npos);
  BOOST_TEST(session.run(a).item() == 9.0);
}

BOOST_AUTO_TEST_CASE(errors_by_text) {
  const ScratchFolder folder;
  BOOST_TEST(message_of<v1::errors::ValueError>([] { v1::train::Saver saver; }) == "Saver: No variables to save");
  made("a", "w", numbers({1}));
  v1::Session session;
  BOOST_TEST(message_of<v1::errors::FailedPreconditionError>([&] {
               v1::train::Saver().save(session, folder / "m.weights.h5");
             }).find("uninitialized value a/w") != std::string::npos);
  BOOST_CHECK_THROW(v1::train::Saver().restore(session, folder / "none.weights.h5"), FormatError);
}

BOOST_AUTO_TEST_SUITE_END()
