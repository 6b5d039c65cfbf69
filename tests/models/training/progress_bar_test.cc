#include "models/training/progress_bar.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>

namespace cornu {
namespace {

// A stream in memory and a clock that is set by hand.
struct Screen {
  ~Screen() {
    std::fclose(stream);
    std::free(buffer);
  }
  std::string text() const {
    std::fflush(stream);
    return {buffer, size};
  }
  std::size_t count(char c) const {
    const std::string all = text();
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), c));
  }
  char* buffer = nullptr;
  std::size_t size = 0;
  std::FILE* stream = open_memstream(&buffer, &size);
  double now = 100.0;
  ProgressBar bar{stream, [this] { return now; }};
};

Logs loss(double value) {
  Logs logs;
  logs.set("loss", value);
  return logs;
}

BOOST_FIXTURE_TEST_SUITE(models_training_progress_bar, Screen)

BOOST_AUTO_TEST_CASE(without_a_terminal_there_is_one_line_an_epoch) {
  bar.start(100, false);
  for (int step = 1; step <= 100; ++step) {
    now += 0.02;
    bar.update(step, loss(1.0));
  }
  BOOST_TEST(text().empty());
  bar.finish(loss(0.2811));
  BOOST_TEST(text() == "100/100 - 2s 20ms/step - loss: 0.2811\n");
}

BOOST_AUTO_TEST_CASE(on_a_terminal_it_is_drawn_over_itself) {
  bar.start(10, true);
  now += 1.0;
  bar.update(5, loss(0.5));
  const std::string line = text();
  BOOST_TEST(line.starts_with("\r 5/10 "));
  BOOST_TEST(line.find(" 1s 200ms/step - loss: 0.5000") != std::string::npos);
  BOOST_TEST(line.find('\n') == std::string::npos);
  bar.finish(loss(0.25));
  BOOST_TEST(text().ends_with(" 1s 200ms/step - loss: 0.2500\x1b[K\n"));
}

BOOST_AUTO_TEST_CASE(it_is_drawn_at_most_ten_times_a_second) {
  bar.start(10000, true);
  for (int step = 1; step < 10000; ++step) {
    now += 0.001;
    bar.update(step, loss(0.5));
  }
  BOOST_TEST(count('\r') <= 100U);
  BOOST_TEST(count('\r') >= 90U);
}

BOOST_AUTO_TEST_CASE(the_first_step_is_shown_at_once) {
  bar.start(10, true);
  bar.update(1, loss(0.5));
  BOOST_TEST(count('\r') == 1U);
}

BOOST_AUTO_TEST_CASE(the_first_step_does_not_count_for_the_time_of_a_step) {
  bar.start(10, false);
  now += 5.0;
  bar.update(1, loss(0.5));
  for (int step = 2; step <= 10; ++step) {
    now += 0.5;
    bar.update(step, loss(0.5));
  }
  bar.finish(loss(0.5));
  BOOST_TEST(text() == "10/10 - 10s 500ms/step - loss: 0.5000\n");
}

BOOST_AUTO_TEST_CASE(an_unknown_length_is_said) {
  bar.start(-1, true);
  now += 2.0;
  bar.update(7, loss(0.5));
  BOOST_TEST(text().starts_with("\r7/Unknown "));
  BOOST_TEST(text().find(" 2s 286ms/step") != std::string::npos);
  bar.finish(loss(0.5));
  BOOST_TEST(text().find("\r7/7 ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(times_read_as_in_keras) {
  const auto finished_after = [&](double seconds, std::int64_t steps) {
    bar.start(steps, false);
    now += seconds;
    bar.update(steps, {});
    const std::size_t before = text().size();
    bar.finish({});
    return text().substr(before);
  };
  BOOST_TEST(finished_after(3725.0, 5) == "5/5 - 1:02:05 745s/step\n");
  BOOST_TEST(finished_after(125.0, 1000) == "1000/1000 - 2:05 125ms/step\n");
  BOOST_TEST(finished_after(0.05, 1000) == "1000/1000 - 0s 50us/step\n");
}

BOOST_AUTO_TEST_CASE(figures_have_four_decimals) {
  const auto figure = [](double value) {
    std::string text;
    append_figure(text, value);
    return text;
  };
  BOOST_TEST(figure(0.91234) == "0.9123");
  BOOST_TEST(figure(0.0) == "0.0000");
  BOOST_TEST(figure(0.00051) == "5.1000e-04");
  BOOST_TEST(figure(-0.00051) == "-5.1000e-04");
  BOOST_TEST(figure(12345.678) == "12345.6780");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
