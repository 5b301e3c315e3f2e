#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <platform/sql.hpp>
#include <random>
#include <span>
#include <thread>
#include <utility>

#include <ambula/base/check.hpp>
#include <ambula/bus/consumer.hpp>
#include <ambula/bus/topics.hpp>
#include <ambula/observability/log.hpp>
#include <ambula/observability/metrics.hpp>
#include <ambula/outbox/apply.hpp>
#include <ambula/outbox/cleaning.hpp>
#include <ambula/outbox/crash_point.hpp>
#include <ambula/outbox/inbox.hpp>
#include <ambula/outbox/parked.hpp>

namespace ambula::outbox {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr milliseconds poll_wait{100};
constexpr milliseconds apply_backoff_min{50};
constexpr milliseconds figures_interval{1000};
constexpr int disposition_count = 5;

/// Another member has moved the offsets: ours are not ours any more, or an in-doubt commit did
/// happen.
struct Moved {};

struct TopicMetrics {
  std::array<metrics::Counter, disposition_count> results;
  metrics::Counter duplicates;
  metrics::Histogram latency;
};

std::string_view result_label(Disposition disposition) {
  switch (disposition) {
    case Disposition::applied:
      return "ok";
    case Disposition::duplicate:
      return "duplicate";
    case Disposition::parked:
      return "parked";
    case Disposition::held:
      return "held";
    case Disposition::given_up:
      return "given_up";
  }
  return "";
}

TopicMetrics make_metrics(const std::string& topic) {
  TopicMetrics made;
  for (int i = 0; i < disposition_count; ++i) {
    made.results[static_cast<std::size_t>(i)] =
        metrics::counter("kafka_consumer_messages_total", "Events read, by what became of them.",
                         {{"topic", topic}, {"result", result_label(static_cast<Disposition>(i))}});
  }
  made.duplicates = metrics::counter("inbox_duplicates_total",
                                     "Events that had been applied before.", {{"topic", topic}});
  made.latency = metrics::histogram("event_end_to_end_latency_seconds",
                                    "From the event's row to the consumer's commit.",
                                    metrics::event_seconds(), {{"topic", topic}});
  return made;
}

std::int64_t to_us(Instant at) {
  return at.time_since_epoch().count();
}

std::vector<bus::TopicPartition> to_partitions(const Offsets& offsets) {
  std::vector<bus::TopicPartition> partitions;
  for (const auto& [where, offset] : offsets) {
    partitions.push_back({where.first, where.second, offset});
  }
  return partitions;
}

db::Options inbox_database(const InboxOptions& options) {
  auto database = options.database;
  database.avoid_sequential_scans = true;
  return database;
}

}  // namespace

struct Inbox::Impl {
  explicit Impl(InboxOptions options_in);

  InboxOptions options;
  db::Session session;
  std::unique_ptr<bus::Consumer> consumer;
  Offsets known;  // of the assigned partitions, as the database has them
  bool resync_needed{false};
  milliseconds backoff{apply_backoff_min};
  Steady::time_point next_figures{};
  Cleaning cleaning;

  std::thread thread;
  std::mutex mutex;
  std::condition_variable changed;
  bool stopping{false};
  std::atomic<bool> healthy{false};
  std::atomic<std::int64_t> behind_since_us{1};  // 0 = at the end

  std::map<std::string, TopicMetrics, std::less<>> topic_metrics;
  metrics::Gauge lag_messages;
  metrics::Gauge parked_events;
  metrics::Counter retries;
  metrics::Counter logs_lost;
  metrics::Counter logs_expired;

  void run();
  void cycle_safely();
  void cycle();
  void load_offsets(std::vector<bus::TopicPartition>& partitions);
  void resync();
  void mend_offsets();
  void mend(const bus::OutOfRange& partition);
  void apply_batch(std::span<const bus::Record> records);
  void apply_one_by_one(std::span<const bus::Record> records);
  std::optional<std::string> attempt(std::span<const bus::Record> records,
                                     const std::string* park_reason);
  void settle(std::span<const bus::Record> records, const std::vector<Disposition>& dispositions);
  void trouble(std::string_view event);
  void note_arrival(const bus::Record& first);
  void note_progress(const bus::Record* last);
  void keep_house();
  bool is_stopping();
  void wait(milliseconds duration);
  void stop();
};

Inbox::Impl::Impl(InboxOptions options_in)
    : options(std::move(options_in)), session(inbox_database(options)) {
  lag_messages = metrics::gauge("kafka_consumer_lag_messages", "Messages not yet read.",
                                {{"group", options.group}});
  parked_events =
      metrics::gauge("parked_events", "Events parked or held back.", {{"consumer", options.group}});
  retries = metrics::counter("kafka_consumer_retries_total", "Batches that had to be tried again.",
                             {{"group", options.group}});
  const auto broken = [this](std::string_view kind) {
    return metrics::counter("kafka_consumer_out_of_range_total",
                            "Partitions whose log did not have the next event for us.",
                            {{"group", options.group}, {"kind", kind}});
  };
  logs_lost = broken("lost");
  logs_expired = broken("expired");
  for (const auto& subscription : options.subscriptions) {
    // Whether gaps are allowed stands in the catalogue, so a topic outside of it is a programmer's
    // error.
    AMBULA_CHECK(bus::find_topic(subscription.topic) != nullptr);
  }
}

void Inbox::Impl::run() {
  bus::Consumer::Options consumer_options;
  consumer_options.cluster = options.cluster;
  consumer_options.group = options.group;
  consumer_options.batch_max = options.batch_max;
  consumer_options.session_timeout = options.session_timeout;
  consumer_options.fetch_wait = options.fetch_wait;
  for (const auto& subscription : options.subscriptions) {
    auto& topics = consumer_options.topics;
    if (std::find(topics.begin(), topics.end(), subscription.topic) == topics.end()) {
      topics.push_back(subscription.topic);
    }
  }
  consumer = std::make_unique<bus::Consumer>(
      std::move(consumer_options),
      [this](std::vector<bus::TopicPartition>& partitions) { load_offsets(partitions); });
  while (!is_stopping())
    cycle_safely();
  consumer.reset();
  healthy = false;
}

/// The boundary for everything that is tried again: nothing is lost, because offsets move with
/// their effects only.
void Inbox::Impl::cycle_safely() {
  try {
    cycle();
    healthy = consumer->healthy() && consumer->joined();
    return;
  } catch (const Moved&) {
    trouble("inbox_offsets_moved");
  } catch (const db::InDoubt&) {
    trouble("inbox_commit_in_doubt");
  } catch (const db::Unavailable&) {
    trouble("inbox_database_unavailable");
  } catch (const db::StatementFailed& failed) {
    log::error("inbox_statement_failed", {{"sqlstate", failed.sqlstate}});
    trouble("inbox_failed");
  } catch (const std::exception&) {
    trouble("inbox_failed");
  }
}

void Inbox::Impl::cycle() {
  if (resync_needed) resync();
  auto records = consumer->poll(poll_wait);
  std::erase_if(records, [this](const bus::Record& record) {
    const auto found = known.find({record.event.topic, record.event.partition});
    return found != known.end() && record.event.offset < found->second;
  });
  if (!records.empty()) {
    note_arrival(records.front());
    apply_batch(records);
    backoff = apply_backoff_min;
  }
  mend_offsets();
  note_progress(records.empty() ? nullptr : &records.back());
  keep_house();
}

/// Called by poll() when the group gives us partitions, on this thread.
void Inbox::Impl::load_offsets(std::vector<bus::TopicPartition>& partitions) {
  Offsets stored;
  for (const auto row : session.read(platform::sql::load_offsets, options.group)) {
    stored[{row.get<std::string>("topic"), row.get<int>("partition")}] =
        row.get<std::int64_t>("next_offset");
  }
  Offsets fresh;
  for (auto& each : partitions) {
    const auto found = stored.find({each.topic, each.partition});
    each.offset = found == stored.end() ? -1 : found->second;
    fresh[{each.topic, each.partition}] = each.offset;
  }
  known = std::move(fresh);
}

void Inbox::Impl::resync() {
  auto partitions = to_partitions(known);
  load_offsets(partitions);
  consumer->seek(partitions);
  resync_needed = false;
}

void Inbox::Impl::mend_offsets() {
  for (const auto& partition : consumer->out_of_range()) {
    mend(partition);
    resync_needed = true;
  }
}

/// Goes on at the first record there is. A log that is shorter than what was applied was lost and
/// begun anew: all of it is read, and what was applied before is known by its id or version. A log
/// that begins behind us has lost what was never read; versions tell of which keys, as gaps.
void Inbox::Impl::mend(const bus::OutOfRange& partition) {
  const auto& [topic, number, wanted] = partition.wanted;
  const bool lost = wanted > partition.high;
  const bool expired = wanted < partition.low;
  if (wanted < 0 || !(lost || expired)) return;  // passed; the same offset is asked for again
  const auto moved = session.transact([&](db::Transaction& tx) -> Result<void> {
    const auto rows = tx.exec(platform::sql::claim_offsets, options.group, std::vector{topic},
                              std::vector{number}, std::vector{wanted}, std::vector{partition.low});
    if (rows.front().get<std::int64_t>("claimed") == 0) {
      return conflict(offsets_moved, "Another member of the group has gone on from here.");
    }
    if (lost) tx.exec(platform::sql::set_parked_apart, options.group, topic, number);
    return {};
  });
  if (!moved) throw Moved{};
  log::error(lost ? "kafka_log_lost" : "kafka_events_expired", {{"topic", topic},
                                                                {"partition", number},
                                                                {"wanted_offset", wanted},
                                                                {"low_offset", partition.low},
                                                                {"high_offset", partition.high}});
  (lost ? logs_lost : logs_expired).add();
}

void Inbox::Impl::apply_batch(std::span<const bus::Record> records) {
  if (attempt(records, nullptr)) apply_one_by_one(records);
}

void Inbox::Impl::apply_one_by_one(std::span<const bus::Record> records) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (is_stopping()) {
      resync_needed = true;
      return;
    }
    const auto one = records.subspan(i, 1);
    const auto reason = attempt(one, nullptr);
    // When even parking is refused, the event is not to blame.
    if (reason && attempt(one, &*reason)) throw db::Unavailable("an event cannot be parked");
  }
}

/// nullopt: done. Otherwise why these records can never be applied as they are. Throws what is
/// worth trying again.
std::optional<std::string> Inbox::Impl::attempt(std::span<const bus::Record> records,
                                                const std::string* park_reason) {
  try {
    const auto done = apply(session, options, records, known, park_reason);
    if (done) {
      crash_point("inbox-after-commit");
      settle(records, *done);
      return std::nullopt;
    }
    if (done.error().code == offsets_moved) throw Moved{};
    if (done.error().kind == ErrorKind::unavailable) {
      throw db::Unavailable("a handler is not ready");
    }
    return done.error().code;
  } catch (const db::StatementFailed& failed) {
    if (is_transient(failed)) throw;
    return reason_of(failed);
  } catch (const db::Unavailable&) {
    throw;
  } catch (const std::exception&) {
    return "exception";  // out of a handler; its text may have data in it
  }
}

void Inbox::Impl::settle(std::span<const bus::Record> records,
                         const std::vector<Disposition>& dispositions) {
  const auto next = offsets_after(records);
  for (const auto& [where, offset] : next)
    known[where] = offset;
  consumer->commit(to_partitions(next));
  const auto now = system_now();
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto& event = records[i].event;
    auto found = topic_metrics.find(event.topic);
    if (found == topic_metrics.end()) {
      found = topic_metrics.emplace(event.topic, make_metrics(event.topic)).first;
    }
    found->second.results[static_cast<std::size_t>(dispositions[i])].add();
    if (dispositions[i] == Disposition::duplicate) found->second.duplicates.add();
    if (dispositions[i] == Disposition::applied) {
      found->second.latency.observe(std::chrono::duration<double>(now - event.time).count());
    }
  }
  if (options.applied) options.applied();
}

void Inbox::Impl::trouble(std::string_view event) {
  log::warn(event, {{"backoff_ms", std::int64_t{backoff.count()}}});
  retries.add();
  healthy = false;
  resync_needed = true;
  note_progress(nullptr);
  thread_local std::minstd_rand random{std::random_device{}()};
  std::uniform_int_distribution<std::int64_t> spread(backoff.count() / 2, backoff.count());
  wait(milliseconds(spread(random)));
  backoff = std::min(backoff * 2, options.backoff_max);
}

/// Before it is applied, so that an effect that hangs is seen.
void Inbox::Impl::note_arrival(const bus::Record& first) {
  if (behind_since_us != 0) return;
  behind_since_us = to_us(first.problem.empty() ? first.event.time : system_now());
}

void Inbox::Impl::note_progress(const bus::Record* last) {
  const bool at_end = !resync_needed && consumer->healthy() && consumer->joined() &&
                      consumer->assigned() && consumer->lag() == 0;
  if (at_end) {
    behind_since_us = 0;
  } else if (last && last->problem.empty()) {
    behind_since_us = to_us(last->event.time);
  } else if (behind_since_us == 0) {
    behind_since_us = to_us(system_now());
  }
}

void Inbox::Impl::keep_house() {
  const auto now = Steady::now();
  if (now >= next_figures) {
    lag_messages.set(static_cast<double>(consumer->lag()));
    const auto rows = session.read(platform::sql::parked_count, options.group);
    parked_events.set(static_cast<double>(rows.front().get<std::int64_t>("parked")));
    next_figures = now + figures_interval;
  }
  if (cleaning.is_due(now)) {
    const auto rows = session.execute(platform::sql::delete_old_inbox, options.group,
                                      std::int64_t{milliseconds(options.inbox_kept).count()},
                                      Cleaning::batch_max);
    cleaning.deleted(rows ? rows->affected() : 0, now);
  }
}

bool Inbox::Impl::is_stopping() {
  const std::lock_guard lock(mutex);
  return stopping;
}

void Inbox::Impl::wait(milliseconds duration) {
  std::unique_lock lock(mutex);
  changed.wait_for(lock, duration, [this] { return stopping; });
}

void Inbox::Impl::stop() {
  if (!thread.joinable()) return;
  {
    const std::lock_guard lock(mutex);
    stopping = true;
    changed.notify_all();
  }
  thread.join();
}

Inbox::Inbox(InboxOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Inbox::~Inbox() {
  impl_->stop();
}

void Inbox::start() {
  impl_->behind_since_us = to_us(system_now());
  impl_->thread = std::thread([this] { impl_->run(); });
}

void Inbox::stop() {
  impl_->stop();
}

bool Inbox::healthy() const {
  return impl_->healthy;
}

milliseconds Inbox::lag() const {
  const std::int64_t since_us = impl_->behind_since_us;
  if (since_us == 0) return milliseconds(0);
  const auto age = std::chrono::microseconds(to_us(system_now()) - since_us);
  return std::max(std::chrono::duration_cast<milliseconds>(age), milliseconds(1));
}

}  // namespace ambula::outbox
