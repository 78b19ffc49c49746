/**
 * Metrics of the process, with the names that Prometheus' own libraries use. prom-client's default
 * metrics are made for Node.js: in Bun some are always 0, and others keep the process awake.
 */
import { Counter, Gauge, type Registry } from "prom-client";
import { descriptorLimit, openDescriptors } from "../tls/open-files.ts";

export function addProcessMetrics(registry: Registry): void {
  const registers = [registry];
  new Counter({
    registers,
    name: "process_cpu_seconds_total",
    help: "Processor time in seconds, user and system",
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  new Gauge({
    registers,
    name: "process_resident_memory_bytes",
    help: "Resident memory in bytes",
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    registers,
    name: "process_heap_bytes",
    help: "Memory of JavaScript in bytes, including garbage that is not collected yet",
    collect() {
      this.set(process.memoryUsage().heapUsed);
    },
  });
  new Gauge({
    registers,
    name: "process_start_time_seconds",
    help: "When the process started, in seconds since 1970",
  }).set(Math.round(Date.now() / 1000 - process.uptime()));
  const limit = descriptorLimit();
  if (Number.isFinite(limit)) {
    new Gauge({
      registers,
      name: "process_open_fds",
      help: "Open file descriptors; each connection has one",
      collect() {
        this.set(openDescriptors());
      },
    });
    new Gauge({
      registers,
      name: "process_max_fds",
      help: "The limit on open file descriptors",
    }).set(limit);
  }
}
