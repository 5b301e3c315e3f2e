#include "hub.hpp"

#include <algorithm>
#include <atomic>
#include <list>
#include <map>
#include <mutex>
#include <set>

#include <ambula/bus/consumer.hpp>
#include <ambula/observability/log.hpp>
#include <ambula/observability/metrics.hpp>

#include "queue/events/codec.hpp"

namespace ambula::queue::live {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr std::string_view topic = "ambula.queue-entry.v1";
constexpr int batch_changes = 200;
constexpr std::int64_t replayed_changes_max = 1000;
constexpr auto tail_wait = 100ms;
constexpr auto retry_wait = 500ms;

/// A reader and how they keep up.
struct Seat {
  Reader reader;
  Steady::time_point told;                  ///< when something was last given to them
  std::optional<Steady::time_point> stuck;  ///< since when they take nothing
  std::shared_ptr<std::atomic<bool>> room;  ///< of a stuck one: all they had is on its way

  bool takes() const { return !stuck || *room; }
  void get_stuck(Steady::time_point now) {
    if (!stuck) stuck = now;
    room = std::make_shared<std::atomic<bool>>(false);
    reader.channel->on_drained([room = room] { *room = true; });
  }
};

/// A slow reader is not told each step of an entry, only where it has come to: of the changes of
/// an entry the last one.
std::vector<const store::LiveChange*> coalesce(const std::vector<store::LiveChange>& changes) {
  std::map<Uuid, const store::LiveChange*> last;
  for (const auto& change : changes)
    last[change.named.entry.id] = &change;
  std::vector<const store::LiveChange*> kept;
  for (const auto& change : changes) {
    if (last[change.named.entry.id] == &change) kept.push_back(&change);
  }
  return kept;
}

void count_readers(std::size_t readers) {
  metrics::gauge("live_readers", "Open live views of queues.").set(static_cast<double>(readers));
}

}  // namespace

std::string frame(std::int64_t id, std::string_view event, std::string_view data) {
  std::string text = "id: " + std::to_string(id) + "\nevent: ";
  text.append(event).append("\ndata: ").append(data).append("\n\n");
  return text;
}

namespace {

std::optional<Beginning> replay(db::Session& session, const Reader& reader, std::int64_t after) {
  store::number_changes(session, reader.facility_id, reader.queue_id);
  const auto range = store::live_range(session, reader.facility_id, reader.queue_id);
  if (!range || after > range->last || after + 1 < range->first_kept ||
      range->last - after > replayed_changes_max)
    return std::nullopt;
  Beginning beginning{"", after};
  const auto limit = static_cast<int>(replayed_changes_max);
  for (const auto& change :
       store::live_changes(session, reader.facility_id, reader.queue_id, after, limit)) {
    auto text = frame(change.number, "entry", reader.show(change.named));
    // What does not fit now is told as soon as there is room.
    if (beginning.frames.size() + text.size() > channel_bytes) break;
    beginning.frames += text;
    beginning.last = change.number;
  }
  return beginning;
}

}  // namespace

std::optional<Beginning> begin(db::Session& session, const Reader& reader,
                               std::optional<std::int64_t> last_event_id, Instant now) {
  if (last_event_id) {
    if (auto replayed = replay(session, reader, *last_event_id)) return replayed;
  }
  const auto snapshot = store::live_snapshot(session, reader.facility_id, reader.queue_id, now);
  if (!snapshot) return std::nullopt;
  std::string data = R"({"entries":[)";
  for (std::size_t i = 0; i < snapshot->entries.size(); ++i)
    data += (i > 0 ? "," : "") + reader.show(snapshot->entries[i]);
  return Beginning{frame(snapshot->change, "snapshot", data + "]}"), snapshot->change};
}

struct Hub::Impl {
  explicit Impl(Options given) : options(given) {}

  const Options options;
  mutable std::mutex mutex;
  std::list<Seat> arriving;  ///< added since the last round
  bool closed{false};
  std::set<Uuid> signals;  ///< lines that have moved, as we heard
  std::size_t seats_taken{0};

  // Of the telling thread alone.
  std::map<Uuid, std::list<Seat>> lines;
  std::map<Uuid, std::int64_t> known;
  Steady::time_point next_resync{};

  /// The lines to ask about: those that moved, and those of arrivals, because of what happened
  /// while they came in.
  std::set<Uuid> seat_arrivals() {
    std::list<Seat> fresh;
    std::set<Uuid> asked;
    {
      const std::lock_guard lock(mutex);
      fresh = std::move(arriving);
      arriving.clear();
      asked = std::move(signals);
      signals.clear();
    }
    for (auto& seat : fresh) {
      asked.insert(seat.reader.queue_id);
      lines[seat.reader.queue_id].push_back(std::move(seat));
    }
    std::erase_if(asked, [this](const Uuid& queue) { return !lines.contains(queue); });
    return asked;
  }

  /// Kafka wakes us, the database is what counts. Another replica may have numbered a change first.
  void ask(db::Session& session, std::set<Uuid> asked, Steady::time_point now) {
    if (now >= next_resync) {
      next_resync = now + options.resync;
      for (const auto& [queue, seats] : lines)
        asked.insert(queue);
    }
    if (asked.empty()) return;
    for (const auto& [queue, last, moved] :
         store::live_positions(session, {asked.begin(), asked.end()})) {
      const auto& facility = lines[queue].front().reader.facility_id;
      known[queue] = moved ? store::number_changes(session, facility, queue) : last;
    }
  }

  /// Gives a seat the frames after what it has; stops where its channel is full.
  void give(Seat& seat, const std::vector<store::LiveChange>& changes,
            std::map<std::pair<std::string, std::int64_t>, std::string>& made,
            Steady::time_point now) {
    const auto tell = [&](const store::LiveChange& change) {
      auto& text = made[{seat.reader.audience, change.number}];
      if (text.empty()) text = frame(change.number, "entry", seat.reader.show(change.named));
      if (!seat.reader.channel->push(text)) return false;
      seat.reader.last = change.number;
      seat.told = now;
      return true;
    };
    if (!seat.stuck) {
      for (const auto& change : changes) {
        if (change.number <= seat.reader.last) continue;
        if (tell(change)) continue;
        seat.get_stuck(now);
        return;
      }
      return;
    }
    std::vector<store::LiveChange> missed;
    for (const auto& change : changes) {
      if (change.number > seat.reader.last) missed.push_back(change);
    }
    for (const auto* change : coalesce(missed)) {
      if (!tell(*change)) return seat.get_stuck(now);
    }
    if (!missed.empty()) seat.reader.last = missed.back().number;
    seat.stuck.reset();
  }

  /// Reads from the one who knows least; those who keep up share the batch.
  void tell_line(db::Session& session, const Uuid& queue, std::list<Seat>& seats,
                 Steady::time_point now) {
    while (true) {
      auto least = known[queue];
      for (const auto& seat : seats) {
        if (seat.takes()) least = std::min(least, seat.reader.last);
      }
      if (seats.empty() || least >= known[queue]) return;
      const auto changes = store::live_changes(session, seats.front().reader.facility_id, queue,
                                               least, batch_changes);
      if (changes.empty()) return;
      known[queue] = std::max(known[queue], changes.back().number);
      std::map<std::pair<std::string, std::int64_t>, std::string> made;
      bool moved = false;
      for (auto& seat : seats) {
        const auto before = seat.reader.last;
        if (seat.takes() && before < changes.back().number) give(seat, changes, made, now);
        moved = moved || seat.reader.last != before;
      }
      if (!moved) return;
    }
  }

  void beat(Seat& seat, Steady::time_point now) {
    if (now - seat.told < options.heartbeat) return;
    if (seat.reader.channel->push(": still here\n\n")) {
      seat.told = now;
    } else if (!seat.stuck) {
      seat.get_stuck(now);
    }
  }

  bool is_over(const Seat& seat, Steady::time_point now) const {
    if (seat.reader.channel->closed()) return true;
    if (!seat.stuck || now - *seat.stuck < options.patience) return false;
    seat.reader.channel->abort();
    metrics::counter("live_readers_dropped_total", "Readers who took nothing for too long.").add();
    return true;
  }

  void sweep(Steady::time_point now) {
    std::size_t left = 0;
    for (auto line = lines.begin(); line != lines.end();) {
      auto& seats = line->second;
      for (auto& seat : seats)
        beat(seat, now);
      seats.remove_if([&](const Seat& seat) { return is_over(seat, now); });
      left += seats.size();
      if (seats.empty()) {
        known.erase(line->first);
        line = lines.erase(line);
      } else {
        ++line;
      }
    }
    const std::lock_guard lock(mutex);
    seats_taken = left + arriving.size();
    count_readers(seats_taken);
  }
};

Hub::Hub() : Hub(Options{}) {}
Hub::Hub(Options options) : impl_(std::make_unique<Impl>(options)) {}
Hub::~Hub() = default;

bool Hub::add(Reader reader) {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->closed || impl_->seats_taken >= impl_->options.readers_max) return false;
  ++impl_->seats_taken;
  impl_->arriving.push_back({std::move(reader), Steady::now(), std::nullopt});
  return true;
}

std::size_t Hub::size() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->seats_taken;
}

void Hub::close() {
  const std::lock_guard lock(impl_->mutex);
  impl_->closed = true;
}

void Hub::moved(const Uuid& queue) {
  const std::lock_guard lock(impl_->mutex);
  impl_->signals.insert(queue);
}

void Hub::tell(db::Session& session, Steady::time_point now) {
  auto& self = *impl_;
  auto asked = self.seat_arrivals();
  {
    const std::lock_guard lock(self.mutex);
    if (self.closed) {
      for (auto& [queue, seats] : self.lines) {
        for (auto& seat : seats)
          seat.reader.channel->finish();
      }
      self.lines.clear();
      self.seats_taken = 0;
      return;
    }
  }
  self.ask(session, std::move(asked), now);
  for (auto& [queue, seats] : self.lines)
    self.tell_line(session, queue, seats, now);
  self.sweep(now);
}

void Hub::run(std::stop_token stop, const bus::Cluster& kafka, db::Options database) {
  db::Session session(database);
  bus::Tail tail(kafka, {std::string(topic)}, false);
  while (!stop.stop_requested()) {
    for (const auto& record : tail.poll(tail_wait)) {
      if (!record.problem.empty() || record.event.tombstone) continue;
      if (const auto queue = events::decode_queue_of_entry(record.event.data)) moved(*queue);
    }
    try {
      tell(session, Steady::now());
    } catch (const std::exception&) {
      // The exceptions of libs/db carry no values. Readers stay: they are told when it is back.
      log::warn("live_views_wait_for_database");
      session = db::Session(database);
      tail.poll(retry_wait, 1);
    }
  }
  close();
  tell(session, Steady::now());
}

Hub& hub() {
  static Hub instance;
  return instance;
}

}  // namespace ambula::queue::live
