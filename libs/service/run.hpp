#pragma once

#include <ambula/service/definition.hpp>

namespace ambula::service {

/// main() of every process: `serve` (default), `migrate`, `healthcheck`, `events list|replay|drop`,
/// the definition's own commands, `--help`, `--help-config`, `--version`. Gives the process config,
/// logs, metrics, probes, migration, consumers, relay, jobs and drain. Exit codes: 0 ended by a
/// signal after draining, 1 could not start (one line says why), 2 bad arguments or settings.
int run(int argc, char** argv, const Definition& definition);

}  // namespace ambula::service
