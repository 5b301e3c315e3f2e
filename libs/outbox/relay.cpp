#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <platform/sql.hpp>
#include <random>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include <ambula/bus/producer.hpp>
#include <ambula/bus/topics.hpp>
#include <ambula/observability/log.hpp>
#include <ambula/observability/metrics.hpp>
#include <ambula/observability/span.hpp>
#include <ambula/outbox/cleaning.hpp>
#include <ambula/outbox/crash_point.hpp>
#include <ambula/outbox/relay.hpp>

namespace ambula::outbox {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr milliseconds backoff_min{50};
constexpr milliseconds backoff_max{2000};
constexpr milliseconds stuck_min{250};  // a key whose event was refused, while others went through
constexpr milliseconds stuck_max{5000};
constexpr milliseconds probe_interval{1000};
constexpr milliseconds backlog_interval{2000};
constexpr milliseconds busy_for{500};
/// How far a batch grows while it is always full and soon sent: a pass costs three round trips and
/// a commit, whatever it carries. What is not sent in time is sent again, so where sending takes a
/// good part of its time batches stay small.
constexpr std::size_t batch_growth_max = 4;

/// The rows of one pass, in id order.
struct Batch {
  std::vector<std::int64_t> ids;
  std::vector<bus::Event> events;
};

struct Stuck {
  milliseconds delay{stuck_min};
  Steady::time_point until;
};

enum class Outcome { more, idle, standby, trouble };

const std::vector<double>& read_buckets_s() {
  static const std::vector<double> buckets{0.0005, 0.001, 0.002, 0.003, 0.005, 0.008, 0.012,
                                           0.025,  0.05,  0.1,   0.25,  1,     5,     60};
  return buckets;
}

const std::vector<double>& delay_buckets_s() {
  static const std::vector<double> buckets{0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1,
                                           0.25,  0.5,   1,     2.5,  5,     15,   60};
  return buckets;
}

bus::Event read_event(const db::Row& row, const std::string& source) {
  bus::Event event;
  event.id = row.get<Uuid>("event_id");
  event.source = source;
  event.topic = row.get<std::string>("topic");
  event.key = row.get<std::string>("key");
  event.time = row.get<Instant>("created_at");
  event.facility_id = row.get<std::optional<Uuid>>("facility_id");
  event.aggregate_version = row.get<std::int64_t>("aggregate_version");
  event.traceparent = row.get<std::optional<std::string>>("traceparent").value_or("");
  event.causation_id = row.get<std::optional<Uuid>>("causation_id");
  event.actor_id = row.get<std::optional<Uuid>>("actor_id");
  event.tombstone = row.is_null("payload");
  if (!event.tombstone) {
    event.type = row.get<std::string>("type");
    event.data = row.get<std::string>("payload");
  }
  return event;
}

/// As the statement unsent_events spells it.
std::string stuck_name(const bus::Event& event) {
  return event.topic + "\n" + event.key;
}

milliseconds with_jitter(milliseconds delay) {
  thread_local std::minstd_rand random{std::random_device{}()};
  std::uniform_int_distribution<std::int64_t> spread(delay.count() / 2, delay.count());
  return milliseconds(spread(random));
}

milliseconds until(Steady::time_point when) {
  return std::chrono::duration_cast<milliseconds>(when - Steady::now());
}

db::Options relay_database(const RelayOptions& options) {
  auto database = options.database;
  database.avoid_sequential_scans = true;
  database.durable = false;  // what a lost mark costs is a second delivery with the same event id
  return database;
}

}  // namespace

struct Relay::Impl {
  explicit Impl(RelayOptions options_in);

  RelayOptions options;
  db::Session session;
  bus::Producer producer;
  std::set<std::string, std::less<>> delete_after_send;
  const Uuid holder{Uuid::make()};
  std::optional<std::int64_t> epoch;  // while we hold the lease
  Steady::time_point lease_until{};
  std::map<std::string, Stuck> stuck;
  std::int64_t last_seen{0};  // the highest id of a row that was read
  milliseconds backoff{backoff_min};
  bool polled{false};  // the pass at hand was begun by the clock, not by wake()
  Steady::time_point busy_until{};
  std::size_t batch_growth{1};
  bool one_by_one{false};  // to find the event that spoils a whole batch
  Steady::time_point next_probe{};
  Steady::time_point next_backlog{};
  Cleaning cleaning;

  std::thread thread;
  std::mutex mutex;
  std::condition_variable changed;
  bool woken{false};
  bool ended{false};
  std::optional<Steady::time_point> stop_by;
  std::atomic<bool> abandoned{false};
  std::atomic<bool> healthy{false};

  std::map<std::string, metrics::Counter, std::less<>> published;
  metrics::Gauge pending_events;
  metrics::Gauge oldest_pending_age;
  metrics::Histogram read_delay;
  metrics::Histogram publish_delay;

  void run();
  Outcome step_safely();
  Outcome step();
  bool hold_lease();
  bool take_or_keep();
  Batch read_batch();
  Outcome publish(const Batch& batch);
  void record_spans(const Batch& batch, const std::vector<bool>& written, Steady::time_point begun);
  milliseconds send_limit();
  bool mark(const Batch& batch, const std::vector<bool>& written);
  Outcome none_written(const Batch& batch);
  void set_aside(const Batch& batch, const std::vector<bool>& written);
  std::vector<std::string> stuck_names();
  void count(const bus::Event& event, Instant now);
  void probe();
  void keep_house();
  void release();
  bool finished(Outcome last);
  void wait_after(Outcome last);
  void end(bool orderly, milliseconds limit);
};

Relay::Impl::Impl(RelayOptions options_in)
    : options(std::move(options_in)),
      session(relay_database(options)),
      producer(options.cluster, "ambula-relay"),
      delete_after_send(options.delete_after_send.begin(), options.delete_after_send.end()) {
  for (const auto& topic : bus::topics()) {
    if (topic.secret) delete_after_send.emplace(topic.name);
  }
  pending_events = metrics::gauge("outbox_pending_events", "Events committed but not yet sent.");
  oldest_pending_age =
      metrics::gauge("outbox_oldest_pending_age_seconds", "Age of the oldest event not yet sent.");
  read_delay =
      metrics::histogram("outbox_read_delay_seconds",
                         "From the event's row to the relay's first look at it.", read_buckets_s());
  publish_delay =
      metrics::histogram("outbox_publish_delay_seconds",
                         "From the event's row to its delivery report.", delay_buckets_s());
}

void Relay::Impl::run() {
  Outcome last = Outcome::more;
  while (!finished(last)) {
    last = step_safely();
    healthy = last != Outcome::trouble && producer.healthy();
    wait_after(last);
  }
  if (!abandoned) release();
  const std::lock_guard lock(mutex);
  ended = true;
  changed.notify_all();
}

/// The boundary for exceptions of the database and of librdkafka's start: both come back by
/// themselves.
Outcome Relay::Impl::step_safely() {
  try {
    return step();
  } catch (const db::StatementFailed& failed) {
    log::error("relay_statement_failed", {{"sqlstate", failed.sqlstate}});
  } catch (const db::Unavailable&) {
    log::warn("relay_database_unavailable");
  } catch (const std::exception&) {
    log::error("relay_failed");
  }
  epoch.reset();  // asked for again, so that nothing is built on a lease we are not sure of
  return Outcome::trouble;
}

Outcome Relay::Impl::step() {
  probe();
  if (!hold_lease()) return Outcome::standby;
  const Batch batch = read_batch();
  if (polled && !batch.ids.empty()) busy_until = Steady::now() + busy_for;
  const Outcome outcome = batch.ids.empty() ? Outcome::idle : publish(batch);
  keep_house();
  return outcome;
}

bool Relay::Impl::hold_lease() {
  // Renewed when a third is gone: an idle relay writes to the database every other second, and a
  // send has the rest of the lease for itself.
  if (epoch && until(lease_until) > options.lease_duration * 2 / 3) return true;
  return take_or_keep();
}

bool Relay::Impl::take_or_keep() {
  const auto asked_at = Steady::now();
  const std::int64_t duration_ms = options.lease_duration.count();
  const auto rows = epoch ? session.execute(platform::sql::keep_lease, holder, *epoch, duration_ms)
                          : session.execute(platform::sql::take_lease, holder, duration_ms);
  if (!rows || rows->empty()) {
    if (epoch) log::warn("relay_lease_lost", {{"epoch", *epoch}});
    epoch.reset();
    return false;
  }
  const auto now_held = rows->front().get<std::int64_t>("epoch");
  if (!epoch) log::info("relay_lease_taken", {{"epoch", now_held}});
  epoch = now_held;
  lease_until = asked_at + options.lease_duration;
  return true;
}

Batch Relay::Impl::read_batch() {
  const auto limit = one_by_one ? 1 : static_cast<int>(options.batch_max * batch_growth);
  const auto rows = session.read(platform::sql::unsent_events, limit, stuck_names());
  Batch batch;
  batch.ids.reserve(rows.size());
  batch.events.reserve(rows.size());
  const auto now = system_now();
  for (const auto row : rows) {
    batch.ids.push_back(row.get<std::int64_t>("id"));
    batch.events.push_back(read_event(row, options.source));
    if (batch.ids.back() > last_seen) {
      read_delay.observe(std::chrono::duration<double>(now - batch.events.back().time).count());
    }
  }
  if (!batch.ids.empty()) last_seen = std::max(last_seen, batch.ids.back());
  const bool full = !one_by_one && rows.size() == static_cast<std::size_t>(limit);
  batch_growth = full ? std::min(batch_growth * 2, batch_growth_max) : 1;
  return batch;
}

/// Nothing may still be on its way when the lease ends: an old record of a compacted topic that
/// arrives behind a newer one would be what new consumers see.
milliseconds Relay::Impl::send_limit() {
  auto limit = until(lease_until) - options.lease_duration / 10;
  const std::lock_guard lock(mutex);
  if (stop_by) limit = std::min(limit, until(*stop_by));
  return limit;
}

Outcome Relay::Impl::publish(const Batch& batch) {
  const auto limit = send_limit();
  if (limit <= milliseconds(0)) {
    epoch.reset();  // we were stopped or paused for so long that others may have taken over
    return Outcome::trouble;
  }
  crash_point("relay-before-produce");
  const auto begun = Steady::now();
  const auto written = producer.send(batch.events, limit);
  if (Steady::now() - begun > limit / 8) batch_growth = 1;
  crash_point("relay-after-produce");
  record_spans(batch, written, begun);
  const bool any = std::find(written.begin(), written.end(), true) != written.end();
  const bool all = std::find(written.begin(), written.end(), false) == written.end();
  if (any && !mark(batch, written)) return Outcome::standby;
  if (!any) return none_written(batch);
  one_by_one = false;
  if (!all) set_aside(batch, written);
  backoff = backoff_min;
  return Outcome::more;
}

/// The way of each event to Kafka, in the trace of the request that caused it.
void Relay::Impl::record_spans(const Batch& batch, const std::vector<bool>& written,
                               Steady::time_point begun) {
  for (std::size_t i = 0; i < written.size(); ++i) {
    const auto& event = batch.events[i];
    const auto cause = trace::parse(event.traceparent);
    if (!cause || !trace::wants(*cause)) continue;
    trace::record({.context = cause->child(),
                   .kind = trace::Kind::producer,
                   .name = "send " + event.topic,
                   .begun = begun,
                   .failed = !written[i],
                   .attributes = {{"messaging.system", "kafka"},
                                  {"messaging.destination.name", event.topic},
                                  {"messaging.message.id", event.id.str()},
                                  {"cloudevents.event_type", event.type}}});
  }
}

/// A refusal by the broker is fatal for the producer (it guarantees order), and takes the batch
/// with it; alone, the event to blame is found and set aside.
Outcome Relay::Impl::none_written(const Batch& batch) {
  if (!producer.refused()) return Outcome::trouble;
  const bool found = batch.ids.size() == 1;
  if (found) set_aside(batch, {false});
  one_by_one = !found;
  return found ? Outcome::more : Outcome::trouble;
}

bool Relay::Impl::mark(const Batch& batch, const std::vector<bool>& written) {
  std::vector<std::int64_t> keep;
  std::vector<std::int64_t> erase;
  for (std::size_t i = 0; i < batch.ids.size(); ++i) {
    if (!written[i]) continue;
    (delete_after_send.contains(batch.events[i].topic) ? erase : keep).push_back(batch.ids[i]);
  }
  const auto asked_at = Steady::now();
  const auto rows = session.execute(platform::sql::mark_sent, holder, *epoch,
                                    std::int64_t{options.lease_duration.count()}, keep, erase);
  if (!rows || rows->empty()) {
    log::warn("relay_lease_lost", {{"epoch", *epoch}});
    epoch.reset();
    return false;
  }
  lease_until = asked_at + options.lease_duration;
  const auto now = system_now();
  for (std::size_t i = 0; i < batch.ids.size(); ++i) {
    if (!written[i]) continue;
    count(batch.events[i], now);
    if (!stuck.empty()) stuck.erase(stuck_name(batch.events[i]));
  }
  return true;
}

/// Others went through, so it is these keys that cannot be sent: they wait, in order, without
/// holding up the rest.
void Relay::Impl::set_aside(const Batch& batch, const std::vector<bool>& written) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < batch.ids.size(); ++i) {
    auto name = stuck_name(batch.events[i]);
    if (written[i] || !seen.insert(name).second) continue;
    auto [found, fresh] = stuck.try_emplace(std::move(name));
    if (!fresh) found->second.delay = std::min(found->second.delay * 2, stuck_max);
    found->second.until = Steady::now() + found->second.delay;
  }
  log::warn("relay_keys_set_aside", {{"count", seen.size()}});
}

std::vector<std::string> Relay::Impl::stuck_names() {
  std::vector<std::string> names;
  for (const auto& [name, each] : stuck) {
    if (each.until > Steady::now()) names.push_back(name);
  }
  return names;
}

void Relay::Impl::count(const bus::Event& event, Instant now) {
  const std::string type = event.tombstone ? "Tombstone" : event.type;
  const auto key = event.topic + ' ' + type;
  auto found = published.find(key);
  if (found == published.end()) {
    found =
        published
            .emplace(key, metrics::counter("outbox_published_total", "Events that Kafka has taken.",
                                           {{"topic", event.topic}, {"type", type}}))
            .first;
  }
  found->second.add();
  publish_delay.observe(std::chrono::duration<double>(now - event.time).count());
}

void Relay::Impl::probe() {
  if (Steady::now() < next_probe) return;
  producer.send({}, milliseconds(0));
  next_probe = Steady::now() + probe_interval;
}

void Relay::Impl::keep_house() {
  if (Steady::now() >= next_backlog) {
    const auto rows = session.read(platform::sql::outbox_backlog);
    pending_events.set(static_cast<double>(rows.front().get<std::int64_t>("pending")));
    oldest_pending_age.set(rows.front().get<double>("oldest_age_s"));
    next_backlog = Steady::now() + backlog_interval;
  }
  if (cleaning.is_due(Steady::now())) {
    const auto rows =
        session.execute(platform::sql::delete_sent_events,
                        std::int64_t{milliseconds(options.sent_kept).count()}, Cleaning::batch_max);
    cleaning.deleted(rows ? rows->affected() : 0, Steady::now());
  }
}

void Relay::Impl::release() {
  if (!epoch) return;
  try {
    if (!session.execute(platform::sql::release_lease, holder, *epoch)) {
      log::warn("relay_release_refused");
    }
  } catch (const std::exception&) {
    log::warn("relay_release_failed");  // it runs out by itself
  }
}

bool Relay::Impl::finished(Outcome last) {
  if (abandoned) return true;
  const std::lock_guard lock(mutex);
  if (!stop_by) return false;
  return last == Outcome::idle || last == Outcome::standby || Steady::now() >= *stop_by;
}

void Relay::Impl::wait_after(Outcome last) {
  polled = false;
  if (last == Outcome::more) return;
  std::unique_lock lock(mutex);
  if (stop_by && last != Outcome::trouble) return;
  auto duration = Steady::now() < busy_until ? options.busy_interval : options.poll_interval;
  if (last == Outcome::standby) {
    duration = std::min(milliseconds(200), options.lease_duration / 10);
  } else if (last == Outcome::trouble) {
    batch_growth = 1;
    duration = with_jitter(backoff);
    backoff = std::min(backoff * 2, backoff_max);
  }
  auto due = Steady::now() + duration;
  const bool was_stopping = stop_by.has_value();
  if (stop_by) due = std::min(due, *stop_by);
  changed.wait_until(lock, due, [&] {
    return abandoned || (stop_by && !was_stopping) || (woken && last == Outcome::idle);
  });
  polled = last == Outcome::idle && !woken;
  woken = false;
}

void Relay::Impl::end(bool orderly, milliseconds limit) {
  if (!thread.joinable()) return;
  {
    std::unique_lock lock(mutex);
    if (orderly) {
      stop_by = Steady::now() + limit;
    } else {
      abandoned = true;
    }
    changed.notify_all();
    if (orderly) changed.wait_until(lock, *stop_by, [&] { return ended; });
  }
  producer.interrupt();
  thread.join();
  healthy = false;
}

Relay::Relay(RelayOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Relay::~Relay() {
  impl_->end(false, {});
}

void Relay::start() {
  impl_->thread = std::thread([this] { impl_->run(); });
}

void Relay::wake() {
  const std::lock_guard lock(impl_->mutex);
  impl_->woken = true;
  impl_->changed.notify_all();
}

void Relay::stop(milliseconds limit) {
  impl_->end(true, limit);
}

bool Relay::healthy() const {
  return impl_->healthy;
}

}  // namespace ambula::outbox
