#include "models/training/dataset.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>

#include "framework/error.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using test::message_of;

// Ten rows: row i holds 2 i and 2 i + 1, its label is i.
struct Rows {
  Rows() {
    std::iota(x.mutable_data<float>().begin(), x.mutable_data<float>().end(), 0.0F);
    std::iota(y.mutable_data<float>().begin(), y.mutable_data<float>().end(), 0.0F);
  }
  Tensor x = Tensor::empty({10, 2});
  Tensor y = Tensor::empty({10});
  Dataset data = Dataset::from_tensors({x}, {y});
};

std::vector<float> labels_of(const Dataset& data, std::int64_t epoch = 0) {
  std::vector<float> labels;
  const auto iterator = data.start(epoch);
  Batch batch;
  while (iterator->next(batch)) {
    for (const float label : batch.y.at(0).data<float>()) labels.push_back(label);
  }
  return labels;
}

// Elements 0, 1, 2, ... of one number each; the one called `bad` throws.
Dataset numbers(std::int64_t count, std::int64_t bad = -1) {
  return Dataset::from_generator(
      [=](std::int64_t) {
        return [=, next = std::int64_t{0}](Batch& element) mutable {
          if (next == bad) throw std::runtime_error("element " + std::to_string(bad) + " is broken");
          if (next == count) return false;
          element.x = {};
          element.y = {Tensor::copy<float>({static_cast<float>(next++)}, {1})};
          return true;
        };
      },
      count);
}

BOOST_FIXTURE_TEST_SUITE(models_training_dataset, Rows)

BOOST_AUTO_TEST_CASE(batches_have_the_rows_in_order) {
  const auto iterator = data.batch(4).start();
  Batch batch;
  std::vector<std::int64_t> sizes;
  while (iterator->next(batch)) {
    sizes.push_back(batch.x[0].shape().front());
    BOOST_TEST(batch.x[0].data<float>()[0] == 2 * batch.y[0].data<float>()[0]);
  }
  BOOST_TEST(sizes == (std::vector<std::int64_t>{4, 4, 2}), boost::test_tools::per_element());
  BOOST_TEST(data.batch(4).size() == 3);
  BOOST_TEST(data.batch(4, true).size() == 2);
  BOOST_TEST(labels_of(data.batch(4, true)).size() == 8U);
  BOOST_TEST(data.size() == 10);
}

BOOST_AUTO_TEST_CASE(rows_in_order_are_views) {
  const auto iterator = data.batch(4).start();
  Batch batch;
  for (std::int64_t row = 0; iterator->next(batch); row += 4) {
    BOOST_TEST(batch.x[0].raw() == static_cast<const void*>(x.data<float>().data() + 2 * row));
    BOOST_TEST(batch.y[0].raw() == static_cast<const void*>(y.data<float>().data() + row));
  }
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_order) {
  const std::vector<float> order = labels_of(data.shuffle(7).batch(3));
  BOOST_TEST(order == labels_of(data.shuffle(7).batch(3)), boost::test_tools::per_element());
  BOOST_TEST(order == labels_of(data.shuffle(7).batch(3).prefetch(2)), boost::test_tools::per_element());
  BOOST_TEST((order != labels_of(data.shuffle(8).batch(3))));
  BOOST_TEST((order != labels_of(data.shuffle(7).batch(3), 1)));
  BOOST_TEST(labels_of(data.shuffle(7, false).batch(3)) == labels_of(data.shuffle(7, false).batch(3), 1),
             boost::test_tools::per_element());
  BOOST_TEST(std::set<float>(order.begin(), order.end()).size() == 10U);
}

BOOST_AUTO_TEST_CASE(shuffled_rows_stay_together) {
  const auto iterator = data.shuffle(3).batch(4).start();
  Batch batch;
  while (iterator->next(batch)) {
    for (std::size_t i = 0; i < batch.y[0].data<float>().size(); ++i) {
      BOOST_TEST(batch.x[0].data<float>()[2 * i + 1] == 2 * batch.y[0].data<float>()[i] + 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(memory_of_a_batch_is_used_again) {
  const auto iterator = data.shuffle(3).batch(5).start();
  Batch batch;
  BOOST_TEST(iterator->next(batch));
  const void* first = batch.x[0].raw();
  BOOST_TEST(iterator->next(batch));
  BOOST_TEST(batch.x[0].raw() == first);
}

BOOST_AUTO_TEST_CASE(a_tensor_that_was_kept_keeps_its_values) {
  for (const Dataset& source : {data.shuffle(3).batch(2), data.shuffle(3).batch(2).prefetch(1), numbers(10).batch(2)}) {
    const auto iterator = source.start();
    Batch batch;
    Tensors kept;
    std::vector<std::vector<float>> wanted;
    while (iterator->next(batch)) {
      kept.push_back(batch.y[0]);
      wanted.push_back(batch.y[0].to_vector<float>());
    }
    for (std::size_t i = 0; i < kept.size(); ++i) {
      BOOST_TEST(kept[i].to_vector<float>() == wanted[i], boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(prefetching_uses_a_few_buffers_over_and_over) {
  const auto iterator = data.shuffle(3).batch(1).repeat(20).prefetch(2).start();
  Batch batch;
  std::set<const void*> buffers;
  std::int64_t count = 0;
  for (; iterator->next(batch); ++count) buffers.insert(batch.x[0].raw());
  BOOST_TEST(count == 200);
  BOOST_TEST(buffers.size() <= 4U);
}

BOOST_AUTO_TEST_CASE(take_repeat_and_map) {
  BOOST_TEST(labels_of(data.batch(2).take(2)) == (std::vector<float>{0, 1, 2, 3}), boost::test_tools::per_element());
  BOOST_TEST(data.batch(2).take(2).size() == 2);
  BOOST_TEST(data.batch(2).repeat(3).size() == 15);
  const std::vector<float> twice = labels_of(data.shuffle(1).batch(5).repeat(2));
  BOOST_TEST(twice.size() == 20U);
  BOOST_TEST(
      (std::vector<float>(twice.begin(), twice.begin() + 10) != std::vector<float>(twice.begin() + 10, twice.end())));
  const Dataset doubled = data.batch(5).map([](const Batch& batch) {
    Tensor labels = batch.y[0].clone();
    for (float& label : labels.mutable_data<float>()) label *= 2;
    return Batch{batch.x, {labels}, {}};
  });
  BOOST_TEST(labels_of(doubled)[9] == 18.0F);
  BOOST_TEST(y.data<float>()[9] == 9.0F);
}

BOOST_AUTO_TEST_CASE(elements_of_a_generator_are_joined) {
  const auto iterator = numbers(5).batch(2).start();
  Batch batch;
  std::vector<Shape> shapes;
  while (iterator->next(batch)) shapes.push_back(batch.y[0].shape());
  BOOST_TEST((shapes == std::vector<Shape>{{2, 1}, {2, 1}, {1, 1}}));
  BOOST_TEST(labels_of(numbers(5).batch(2)) == (std::vector<float>{0, 1, 2, 3, 4}), boost::test_tools::per_element());
  BOOST_TEST(labels_of(numbers(5).batch(2, true)).size() == 4U);
}

BOOST_AUTO_TEST_CASE(what_the_reading_thread_throws_reaches_the_caller) {
  const auto iterator = numbers(10, 3).prefetch(2).start();
  Batch batch;
  for (int i = 0; i < 3; ++i) BOOST_TEST(iterator->next(batch));
  BOOST_TEST(message_of<std::runtime_error>([&] { iterator->next(batch); }) == "element 3 is broken");
  BOOST_TEST(!iterator->next(batch));
}

BOOST_AUTO_TEST_CASE(an_iterator_may_be_left_at_any_time) {
  for (const std::int64_t taken : {0, 1, 3, 10, 11}) {
    const auto iterator = numbers(10).prefetch(3).start();
    Batch batch;
    for (std::int64_t i = 0; i < taken; ++i) iterator->next(batch);
  }
}

BOOST_AUTO_TEST_CASE(prefetching_reads_no_more_ahead_than_told) {
  std::atomic<int> made = 0;
  const Dataset counted = Dataset::from_generator([&](std::int64_t) {
    return [&](Batch& element) {
      element.y = {Tensor::copy<float>({1}, {1})};
      return ++made < 100;
    };
  });
  const auto iterator = counted.prefetch(3).start();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  BOOST_TEST(made <= 3);
  BOOST_TEST(counted.size() == -1);
}

BOOST_AUTO_TEST_CASE(rejects_what_does_not_fit) {
  BOOST_TEST(message_of<ShapeError>([&] { Dataset::from_tensors({x}, {Tensor::empty({9})}); }) ==
             "Dataset: expected 10 samples in every tensor, as in the first; got shape (9,)");
  BOOST_TEST(message_of<ShapeError>([&] { Dataset::from_tensors({Tensor::empty({})}); }).find("got a scalar") !=
             std::string::npos);
  BOOST_TEST(message_of<InvalidArgument>([&] { Dataset::from_tensors({}); }) == "Dataset: no tensors were given");
  BOOST_TEST(message_of<InvalidArgument>([&] { data.batch(0); }) == "Dataset: batch size must be positive; got 0");
  BOOST_TEST(message_of<InvalidArgument>([&] { data.batch(2).shuffle(1); }).find("shuffle before batch") !=
             std::string::npos);
  BOOST_TEST(message_of<Unsupported>([&] { numbers(3).shuffle(1); }).find("only rows of tensors") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(pairs_are_half_of_one_class_and_half_of_two) {
  const Tensor labels = Tensor::copy<std::int64_t>({0, 1, 2, 0, 1, 2, 0, 1, 2, 0}, {10});
  const Batch pairs = make_pairs(x, labels, 100, 5);
  BOOST_TEST((pairs.x[0].shape() == Shape{100, 2}));
  BOOST_TEST((pairs.x[1].shape() == Shape{100, 2}));
  std::int64_t same = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    const auto left = static_cast<std::size_t>(pairs.x[0].data<float>()[2 * i] / 2);
    const auto right = static_cast<std::size_t>(pairs.x[1].data<float>()[2 * i] / 2);
    const bool is_same = pairs.y[0].data<float>()[i] == 1.0F;
    BOOST_TEST((labels.data<std::int64_t>()[left] == labels.data<std::int64_t>()[right]) == is_same);
    same += is_same;
  }
  BOOST_TEST(same == 50);
  BOOST_TEST(make_pairs(x, labels, 100, 5).x[1].to_vector<float>() == pairs.x[1].to_vector<float>(),
             boost::test_tools::per_element());
  BOOST_TEST((make_pairs(x, labels, 100, 6).x[1].to_vector<float>() != pairs.x[1].to_vector<float>()));
  BOOST_TEST(message_of<InvalidArgument>([&] {
               make_pairs(x, Tensor::copy<std::int64_t>(std::vector<std::int64_t>(10, 1), {10}), 4, 1);
             }).find("at least two classes; got 1") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
