#include <set>
#include <thread>

#include <ambula/observability/trace.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace trace_test {

using ambula::trace::Context;
using ambula::trace::parse;
using ambula::trace::Scope;

const std::string example = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

// OPS-1, INT-2: trace context in and out.
TEST(Trace, ReadsAndWritesTraceparent) {
  const auto context = parse(example);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(context->span_id, "b7ad6b7169203331");
  EXPECT_TRUE(context->sampled);
  EXPECT_EQ(context->traceparent(), example);
}

TEST(Trace, ReadsTheSampledBitAlone) {
  const auto front = example.substr(0, 53);
  for (const char* flags : {"01", "03", "0b", "ff"})
    EXPECT_TRUE(parse(front + flags)->sampled);
  for (const char* flags : {"00", "02", "0a", "fe"})
    EXPECT_FALSE(parse(front + flags)->sampled);
  EXPECT_EQ(parse(front + "02")->traceparent(), front + "00");
}

TEST(Trace, ReadsLaterVersions) {
  const auto back = example.substr(2);
  EXPECT_EQ(parse("cc" + back)->traceparent(), example);
  EXPECT_EQ(parse("cc" + back + "-what-the-future-brings")->traceparent(), example);
  EXPECT_FALSE(parse("cc" + back + ".future"));
}

TEST(Trace, RefusesEverythingElse) {
  for (const std::string& text : std::initializer_list<std::string>{
           "", "00", example.substr(0, 54), example + "-", example + "-00", example + " ",
           " " + example, "ff" + example.substr(2), "0G" + example.substr(2),
           "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
           "00-0af7651916cd43dd8448eb211c80319c-B7AD6b7169203331-01",
           "00-00000000000000000000000000000000-b7ad6b7169203331-01",
           "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
           "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
           "00-0af7651916cd43dd8448eb211c80319-cb7ad6b7169203331-01",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x", std::string(55, '-'),
           std::string(55, '\0'), std::string(1'000'000, '0')}) {
    EXPECT_FALSE(parse(text)) << text.substr(0, 60);
  }
}

TEST(Trace, NeverCrashesOnAnyText) {
  EXPECT_TRUE(rc::check("what is read is written again", [](const std::string& bytes) {
    auto text = example;
    if (!bytes.empty()) text[*rc::gen::inRange<std::size_t>(0, text.size())] = bytes[0];
    for (const auto& one : {bytes, text, text + bytes}) {
      if (const auto context = parse(one)) RC_ASSERT(parse(context->traceparent()).has_value());
    }
  }));
}

TEST(Trace, MakesValidContextsThatDiffer) {
  std::set<std::string> traces;
  for (int i = 0; i < 1000; ++i) {
    const auto context = ambula::trace::make();
    ASSERT_TRUE(parse(context.traceparent())) << context.traceparent();
    traces.insert(context.trace_id);
  }
  EXPECT_EQ(traces.size(), 1000U);
}

TEST(Trace, AChildIsANewSpanOfTheSameTrace) {
  auto parent = *parse(example);
  parent.sampled = false;
  const auto child = parent.child();
  EXPECT_EQ(child.trace_id, parent.trace_id);
  EXPECT_NE(child.span_id, parent.span_id);
  EXPECT_FALSE(child.sampled);
  EXPECT_TRUE(parse(child.traceparent()));
}

TEST(Scope, NestsAndEnds) {
  EXPECT_EQ(ambula::trace::current(), nullptr);
  EXPECT_EQ(ambula::trace::current_request_id(), "");
  {
    const auto outer_context = ambula::trace::make();
    const Scope outer(outer_context, "request-1");
    EXPECT_EQ(ambula::trace::current()->span_id, outer_context.span_id);
    {
      const Scope inner(outer_context.child(), std::string("request") + "-2");
      EXPECT_NE(ambula::trace::current()->span_id, outer_context.span_id);
      EXPECT_EQ(ambula::trace::current_request_id(), "request-2");
    }
    EXPECT_EQ(ambula::trace::current()->span_id, outer_context.span_id);
    EXPECT_EQ(ambula::trace::current_request_id(), "request-1");
  }
  EXPECT_EQ(ambula::trace::current(), nullptr);
  EXPECT_EQ(ambula::trace::current_request_id(), "");
}

TEST(Scope, BelongsToItsThread) {
  const Scope here(ambula::trace::make(), "mine");
  const Context* seen = ambula::trace::current();
  std::string id = "unset";
  std::thread([&] {
    seen = ambula::trace::current();
    id = ambula::trace::current_request_id();
  }).join();
  EXPECT_EQ(seen, nullptr);
  EXPECT_EQ(id, "");
}

}  // namespace trace_test
