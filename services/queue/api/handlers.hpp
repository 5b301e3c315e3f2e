#pragma once

#include <ambula/service/call.hpp>

// Every handler of this service; definition.cpp lists them with their paths.
namespace ambula::queue::api {

using service::Answer;
using service::Call;

// queues.cpp
Result<Answer> list_queues(Call& call);
Result<Answer> get_queue(Call& call);
Result<Answer> create_queue(Call& call);
Result<Answer> update_queue(Call& call);
Result<Answer> call_next(Call& call);

// entries.cpp
Result<Answer> list_entries(Call& call);
Result<Answer> get_entry(Call& call);
Result<Answer> create_entry(Call& call);
Result<Answer> identify_entry(Call& call);

// turns.cpp
Result<Answer> call_entry(Call& call);
Result<Answer> return_entry(Call& call);
Result<Answer> start_entry(Call& call);
Result<Answer> hold_entry(Call& call);
Result<Answer> resume_entry(Call& call);
Result<Answer> transfer_entry(Call& call);
Result<Answer> leave_entry(Call& call);
Result<Answer> no_show_entry(Call& call);
Result<Answer> cancel_entry(Call& call);
Result<Answer> complete_entry(Call& call);
Result<Answer> rejoin_entry(Call& call);
Result<Answer> assign_entry(Call& call);
Result<Answer> prioritize_entry(Call& call);

// triage.cpp
Result<Answer> triage_entry(Call& call);
Result<Answer> assess_triage(Call& call);
Result<Answer> get_triage_rules(Call& call);

// waits.cpp
Result<Answer> get_position(Call& call);
Result<Answer> track_entry(Call& call);
Result<Answer> wait_figures(Call& call);

// live.cpp
Result<Answer> stream_queue(Call& call);
Result<Answer> stream_board(Call& call);

}  // namespace ambula::queue::api
