/**
 * Figures of the process, by the names that Prometheus' own libraries give them. The library has
 * more of them, made for Node.js: in this runtime some are never anything but 0, and to measure the
 * others it keeps the process awake.
 */
import { Counter, Gauge, type Registry } from "prom-client";
import { descriptorLimit, openDescriptors } from "../tls/open-files.ts";

export function addProcessMetrics(registry: Registry): void {
  const registers = [registry];
  new Counter({
    registers,
    name: "process_cpu_seconds_total",
    help: "Processor time in seconds, of the program and of the system for it",
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  new Gauge({
    registers,
    name: "process_resident_memory_bytes",
    help: "Memory that is in use, as the system counts it",
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    registers,
    name: "process_heap_bytes",
    help: "Memory that is in use by JavaScript, what it no longer needs included",
    collect() {
      this.set(process.memoryUsage().heapUsed);
    },
  });
  new Gauge({
    registers,
    name: "process_start_time_seconds",
    help: "When the process was started, in seconds since 1970",
  }).set(Math.round(Date.now() / 1000 - process.uptime()));
  const limit = descriptorLimit();
  if (Number.isFinite(limit)) {
    new Gauge({
      registers,
      name: "process_open_fds",
      help: "Open file descriptors; each connection is one",
      collect() {
        this.set(openDescriptors());
      },
    });
    new Gauge({
      registers,
      name: "process_max_fds",
      help: "The most file descriptors that may be open",
    }).set(limit);
  }
}
