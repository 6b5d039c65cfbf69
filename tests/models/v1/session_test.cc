#include "models/v1/session.h"

#include <boost/test/unit_test.hpp>
#include <thread>

#include "framework/num_threads.h"
#include "framework/ops/broadcast_constant.h"
#include "models/v1/array_ops.h"
#include "models/v1/control_flow.h"
#include "models/v1/errors.h"
#include "models/v1/math_ops.h"
#include "models/v1/random_ops.h"
#include "models/v1/variable_scope.h"
#include "tests/models/v1/fresh_graph.h"
#include "tests/support/gradient_check.h"
#include "tests/support/message_of.h"

using namespace cornu;
using test::check_close;
using test::message_of;

namespace {

Tensor numbers(std::initializer_list<float> values) {
  return Tensor::copy(values, {static_cast<std::int64_t>(values.size())});
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(models_v1_session, test::FreshGraph)

BOOST_AUTO_TEST_CASE(results_have_the_form_of_the_fetches) {
  const v1::Tensor x = v1::constant(numbers({1, 2}), {.name = "x"});
  const v1::Tensor y = x * 2.0;
  v1::Session session;
  const v1::Fetched list = session.run({x, {y, "x:0"}, x.op()});
  BOOST_TEST(list.size() == 3u);
  check_close(list[1][0], numbers({2, 4}));
  check_close(list[1][1], numbers({1, 2}));
  BOOST_TEST(list[2].is_none());
  const v1::Fetched map = session.run(std::map<std::string, v1::Fetch>{{"twice", y}, {"once", x}});
  check_close(map["twice"], numbers({2, 4}));
  BOOST_TEST(map.keys() == (std::vector<std::string>{"once", "twice"}));
  BOOST_CHECK_THROW(map["thrice"], v1::errors::KeyError);
  BOOST_CHECK_THROW(map.tensor(), v1::errors::ValueError);
  BOOST_TEST(session.run(v1::Tensors{}).size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_run_computes_each_operation_once) {
  const v1::Tensor x = v1::random_normal({4});
  v1::Session session;
  const v1::Fetched run = session.run({x, x});
  check_close(run[0], run[1], 0, 0);
}

BOOST_AUTO_TEST_CASE(feeds_by_tensor_and_by_name) {
  const v1::Tensor x = v1::placeholder(float32, Shape{kUnknown, 2}, "x");
  const v1::Tensor y = v1::reduce_sum(x);
  v1::Session session;
  BOOST_TEST(session.run(y, {{x, ops::ones({3, 2})}}).item() == 6.0);
  BOOST_TEST(session.run(y, {{"x:0", ops::ones({1, 2})}}).item() == 2.0);
  // Converted to the dtype.
  BOOST_TEST(session.run(y, {{x, Tensor::copy<std::int64_t>({1, 2}, {1, 2})}}).item() == 3.0);
}

// Nothing upstream of a fed tensor runs.
BOOST_AUTO_TEST_CASE(any_tensor_can_be_fed) {
  const v1::Tensor x = v1::placeholder(float32, Shape{2}, "x");
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({1, 1})});
  const v1::Tensor middle = x * w;
  const v1::Tensor y = middle + 1.0;
  v1::Session session;
  check_close(session.run(y, {{middle, numbers({1, 2})}}), numbers({2, 3}));
  check_close(session.run(y, {{x, numbers({1, 2})}, {w, numbers({3, 4})}}), numbers({4, 9}));
  BOOST_TEST(!session.is_initialized(w));
}

BOOST_AUTO_TEST_CASE(wrong_feeds_are_refused_by_text) {
  const v1::Tensor x = v1::placeholder(float32, Shape{kUnknown, 2}, "x");
  const v1::Tensor y = x + 1.0;
  v1::Session session;
  BOOST_TEST(message_of<v1::errors::ValueError>([&] {
               session.run(y, {{x, ops::ones({3, 3})}});
             }) == "Session::run: Cannot feed value of shape (3, 3) for Tensor 'x:0', which has shape (None, 2)");
  BOOST_TEST(message_of<v1::errors::InvalidArgumentError>([&] { session.run(y); }) ==
             "Session::run: You must feed a value for placeholder tensor 'x' with dtype float32 and shape (None, 2)");
  BOOST_CHECK_THROW(session.run(y, {{"z:0", ops::ones({3, 2})}}), v1::errors::TypeError);
  BOOST_CHECK_THROW(session.run(y, {{x, v1::ones({3, 2})}}), v1::errors::TypeError);
}

BOOST_AUTO_TEST_CASE(elements_of_another_graph_are_refused_by_text) {
  const v1::Graph other;
  v1::Tensor foreign;
  {
    const auto as_default = other.as_default();
    foreign = v1::constant(1.0, {.name = "c"});
  }
  const v1::Tensor own = v1::constant(2.0, {.name = "c"});
  v1::Session session;
  BOOST_TEST(contains(message_of<v1::errors::ValueError>([&] { session.run(foreign); }),
                      "Session::run: Tensor 'c:0' is not an element of this graph (it belongs to graph"));
  BOOST_TEST(contains(message_of<v1::errors::TypeError>([&] {
                        session.run(own, {{foreign, Tensor(1.0)}});
                      }),
                      "is not an element of this graph"));
  BOOST_TEST(contains(message_of<v1::errors::ValueError>([&] { own + foreign; }), "must be from the same graph as"));
  BOOST_TEST(contains(message_of<v1::errors::ValueError>([&] { session.run("nothing:0"); }), "does not exist"));
}

BOOST_AUTO_TEST_CASE(closed_and_empty) {
  v1::Session empty;
  BOOST_TEST(contains(message_of<v1::errors::RuntimeError>([&] { empty.run("c:0"); }), "graph is empty"));
  const v1::Tensor c = v1::constant(1.0);
  BOOST_TEST(empty.run(c).item() == 1.0);
  empty.close();
  BOOST_TEST(contains(message_of<v1::errors::RuntimeError>([&] { empty.run(c); }), "closed"));
}

BOOST_AUTO_TEST_CASE(each_session_has_its_own_values) {
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({1})});
  const v1::Tensor add = v1::assign_add(w, numbers({1}));
  const v1::Operation init = v1::global_variables_initializer();
  v1::Session first, second;
  first.run(init);
  second.run(init);
  for (int i = 0; i < 3; ++i) first.run(add);
  BOOST_TEST(first.run(w).item() == 4.0);
  BOOST_TEST(second.run(w).item() == 1.0);
  v1::Session third;
  BOOST_TEST(contains(message_of<v1::errors::FailedPreconditionError>([&] { third.run(w); }), "uninitialized value w"));
}

BOOST_AUTO_TEST_CASE(two_sessions_run_one_graph_in_two_threads) {
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({0})});
  const v1::Tensor add = v1::assign_add(w, numbers({1}));
  const v1::Operation init = v1::global_variables_initializer();
  v1::Session first, second;
  const auto count = [&](v1::Session& session, int times) {
    session.run(init);
    for (int i = 0; i < times; ++i) session.run(add);
  };
  std::thread other([&] { count(second, 200); });
  count(first, 100);
  other.join();
  BOOST_TEST(first.run(w).item() == 100.0);
  BOOST_TEST(second.run(w).item() == 200.0);
}

BOOST_AUTO_TEST_CASE(a_failed_run_changes_nothing) {
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({1})});
  const v1::Variable v = v1::get_variable("v", {.initializer = numbers({1})});
  const v1::Tensor x = v1::placeholder(float32, v1::constant(1.0).shape(), "x");
  const v1::Tensor add = v1::assign_add(w, numbers({1}));
  const v1::Tensor rows = v1::placeholder(float32, {}, "rows"), others = v1::placeholder(float32, {}, "others");
  const v1::Tensor sum = rows + others;
  v1::Session session;
  session.run(w.initializer());
  BOOST_CHECK_THROW(session.run({add, v}), v1::errors::FailedPreconditionError);
  BOOST_CHECK_THROW(session.run({add, x}), v1::errors::InvalidArgumentError);
  BOOST_CHECK_THROW(session.run({add, sum}, {{rows, ops::ones({2})}, {others, ops::ones({3})}}),
                    v1::errors::InvalidArgumentError);
  BOOST_TEST(session.run(w).item() == 1.0);
  session.run(add);
  BOOST_TEST(session.run(w).item() == 2.0);
}

BOOST_AUTO_TEST_CASE(the_default_session_evaluates) {
  const v1::Tensor c = v1::constant(3.0);
  BOOST_TEST(contains(message_of<v1::errors::ValueError>([&] { c.eval(); }), "default session"));
  v1::Session session;
  const auto as_default = session.as_default();
  BOOST_TEST(c.eval().item() == 3.0);
  v1::Tensor foreign;
  {
    const v1::Graph other;
    const auto other_graph = other.as_default();
    foreign = v1::constant(1.0);
  }
  BOOST_TEST(contains(message_of<v1::errors::ValueError>([&] { foreign.eval(); }), "graph"));
}

BOOST_AUTO_TEST_CASE(may_be_told_how_many_threads_to_use) {
  const v1::Tensor y = v1::reduce_sum(v1::ones({1000, 100}));
  const int before = num_threads();
  v1::Session session(v1::get_default_graph(), {.intra_op_parallelism_threads = 1});
  BOOST_TEST(session.run(y).item() == 100000.0);
  BOOST_TEST(num_threads() == before);
  BOOST_CHECK_THROW(v1::Session(v1::get_default_graph(), {.intra_op_parallelism_threads = -1}), v1::errors::ValueError);
}

BOOST_AUTO_TEST_CASE(operations_added_later_are_seen) {
  v1::Session session;
  const v1::Tensor c = v1::constant(1.0);
  BOOST_TEST(session.run(c).item() == 1.0);
  BOOST_TEST(session.run(c + 1.0).item() == 2.0);
}

BOOST_AUTO_TEST_CASE(a_seed_of_the_graph_repeats_in_each_session) {
  v1::set_random_seed(5);
  const v1::Tensor x = v1::random_normal({4}), y = v1::random_normal({4});
  v1::Session first, second;
  const Tensor one = first.run(x), two = first.run(x);
  check_close(second.run(x), one, 0, 0);
  check_close(second.run(x), two, 0, 0);
  BOOST_TEST(one.to_vector<float>() != two.to_vector<float>());
  BOOST_TEST(v1::Session().run(y).tensor().to_vector<float>() != one.to_vector<float>());
}

BOOST_AUTO_TEST_SUITE_END()
