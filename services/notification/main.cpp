#include <ambula/service/run.hpp>

#include "notification/definition.hpp"

int main(int argc, char** argv) {
  return ambula::service::run(argc, argv, ambula::notification::definition());
}
