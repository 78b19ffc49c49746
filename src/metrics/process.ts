/**
 * Metrics of the process, with the names that Prometheus' own libraries use. prom-client's default
 * metrics are made for Node.js: in Bun some are always 0, and others keep the process awake.
 */
import { Counter, Gauge, type Registry } from "prom-client";
import { descriptorLimit, openDescriptors } from "../tls/open-files.ts";

export function addProcessMetrics(registry: Registry): void {
  const registers = [registry];

  function addGauge(name: string, help: string, read: () => number): void {
    new Gauge({
      registers,
      name,
      help,
      collect() {
        this.set(read());
      },
    });
  }

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
  addGauge("process_resident_memory_bytes", "Resident memory in bytes", process.memoryUsage.rss);
  addGauge(
    "process_heap_bytes",
    "Memory of JavaScript in bytes, including garbage that is not collected yet",
    () => process.memoryUsage().heapUsed,
  );
  const start = Math.round(Date.now() / 1000 - process.uptime());
  addGauge(
    "process_start_time_seconds",
    "When the process started, in seconds since 1970",
    () => start,
  );
  const limit = descriptorLimit();
  if (Number.isFinite(limit)) {
    addGauge("process_open_fds", "Open file descriptors; each connection has one", openDescriptors);
    addGauge("process_max_fds", "The limit on open file descriptors", () => limit);
  }
}
