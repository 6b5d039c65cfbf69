#include "io/json.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "tests/io/malformed.h"
#include "tests/io/scratch_folder.h"

using namespace cornu;
using namespace cornu::testing;
using io::parse_json;
using io::to_json;

BOOST_AUTO_TEST_SUITE(io_json)

BOOST_AUTO_TEST_CASE(reads_each_kind_of_value) {
  const Config config =
      parse_json(R"({"n": null, "b": true, "i": -7, "d": 1.0, "s": "x\u00fc", "l": [1, [], {}]})", "test");
  BOOST_TEST(config.at("n").is_null());
  BOOST_TEST(config.at("b").as_bool());
  BOOST_TEST(config.at("i").as_int() == -7);
  BOOST_TEST(!config.at("d").is_integer());
  BOOST_TEST(config.at("d").as_double() == 1.0);
  BOOST_TEST(config.at("s").as_string() == "x\xc3\xbc");
  BOOST_TEST(config.at("l").size() == 3u);
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_keys) {
  const Config config = parse_json(R"({"zeta": 1, "alpha": 2})", "test");
  BOOST_TEST(config.as_dict()[0].first == "zeta");
  BOOST_TEST(config.as_dict()[1].first == "alpha");
}

BOOST_AUTO_TEST_CASE(reads_the_numbers_that_only_python_writes) {
  const Config config = parse_json(R"([NaN, Infinity, -Infinity, "NaN, Infinity", "\" NaN"])", "test");
  BOOST_TEST(std::isnan(config.as_list()[0].as_double()));
  BOOST_TEST(config.as_list()[1].as_double() == HUGE_VAL);
  BOOST_TEST(config.as_list()[2].as_double() == -HUGE_VAL);
  BOOST_TEST(config.as_list()[3].as_string() == "NaN, Infinity");
  BOOST_TEST(config.as_list()[4].as_string() == "\" NaN");
  BOOST_CHECK_THROW(parse_json("1NaN", "test"), FormatError);
  BOOST_CHECK_THROW(parse_json("NaN5", "test"), FormatError);
  BOOST_CHECK_THROW(parse_json("+Infinity", "test"), FormatError);
}

// The file was written by Python; our text must equal it byte for byte, numbers and escapes included.
BOOST_AUTO_TEST_CASE(writes_what_python_writes) {
  const std::string plain = contents_of(fixture("python.json"));
  BOOST_TEST(to_json(parse_json(plain, "python.json")) == plain);
  const std::string indented = contents_of(fixture("python_indented.json"));
  BOOST_TEST(to_json(parse_json(indented, "python_indented.json"), 4) == indented);
}

BOOST_AUTO_TEST_CASE(an_error_names_file_line_and_column) {
  BOOST_CHECK_EXCEPTION(parse_json("{\"a\": 1,\n \"b\": oops}", "config.json"), FormatError,
                        says("'config.json': expected JSON; got something else at line 2, column 7"));
  BOOST_CHECK_EXCEPTION(parse_json("", "config.json"), FormatError, says("line 1, column 1"));
  BOOST_CHECK_EXCEPTION(parse_json(R"({"a": 1, "a": 2})", "config.json"), FormatError, says("'a' twice"));
}

BOOST_AUTO_TEST_CASE(refuses_deep_nesting) {
  const std::string open(300, '['), close(300, ']');
  BOOST_CHECK_EXCEPTION(parse_json(open + close, "deep"), FormatError, says("at most 256 levels"));
  BOOST_CHECK_THROW(parse_json(std::string(1000000, '['), "deep"), FormatError);
  BOOST_CHECK_NO_THROW(parse_json(std::string(256, '[') + std::string(256, ']'), "deep"));
}

BOOST_AUTO_TEST_CASE(a_large_dictionary_takes_linear_time) {
  std::string text = "{\"k\": 0";
  for (int i = 0; i < 200000; ++i) text += ", \"" + std::to_string(i) + "\": 0";
  BOOST_TEST(parse_json(text + "}", "large").size() == 200001u);
}

BOOST_AUTO_TEST_CASE(damaged_text_gives_an_error_or_a_value) {
  const std::string text = contents_of(fixture("python.json"));
  const auto read = [](const std::string& bytes) { parse_json(bytes, "damaged"); };
  check_truncations(text, read);
  check_flipped_bits(text, 1000, read);
}

BOOST_AUTO_TEST_SUITE_END()
