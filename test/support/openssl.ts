/**
 * Certificates, keys and lists made by the openssl command, for tests whose inputs must not come
 * from the libraries that the product uses.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./processes.ts";

export interface Made {
  readonly cert: string;
  readonly key: string;
  readonly certPath: string;
  readonly keyPath: string;
}

export interface Recipe {
  /** Default: the certificate signs itself. */
  readonly issuer?: Made;
  /** The subject's common name. */
  readonly name?: string;
  /** Lines of an OpenSSL extension section. */
  readonly extensions?: readonly string[];
  /** Arguments of `openssl genpkey`; default: a P-256 key. */
  readonly key?: readonly string[];
  /** Days from now; default 30. Below 0: expired. */
  readonly days?: number;
  /** Of its signature; default sha256. */
  readonly digest?: string;
}

export const ROOT = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"];
export const RSA = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
const P256 = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];

export interface Workshop extends Disposable {
  readonly path: string;
  make(recipe: Recipe): Made;
  /** A self-signed authority for a key that is there already, valid for these seconds. */
  shorten(made: Made, name: string, seconds: number): Made;
  /** A revocation list, PEM, that names these certificates. */
  revoke(issuer: Made, extensions?: readonly string[], options?: ListOptions): string;
  /** Writes a file; returns its path. */
  write(content: string | Uint8Array, mode?: number): string;
}

export interface ListOptions {
  readonly revoked?: readonly Made[];
  /** The list's next update, in seconds from now. */
  readonly seconds?: number;
}

export function openWorkshop(): Workshop {
  const folder = makeFolder();
  let made = 0;
  const fresh = (ending: string) => {
    made += 1;
    return join(folder.path, `${made}.${ending}`);
  };

  function write(content: string | Uint8Array, mode = 0o600): string {
    const path = fresh("pem");
    writeFileSync(path, content, { mode });
    return path;
  }

  function make(recipe: Recipe): Made {
    const { issuer, name, extensions = [], key = P256, days = 30, digest = "sha256" } = recipe;
    const [keyPath, certPath, request] = [fresh("key"), fresh("cert"), fresh("csr")];
    openssl("genpkey", ...key, "-out", keyPath);
    const subject = `/CN=${name ?? "made by openssl"}`;
    openssl("req", "-new", "-key", keyPath, "-subj", subject, "-out", request);
    const signer =
      issuer === undefined
        ? ["-signkey", keyPath]
        : ["-CA", issuer.certPath, "-CAkey", issuer.keyPath];
    openssl(
      ...["x509", "-req", "-in", request, "-out", certPath, "-days", `${days}`, `-${digest}`],
      ...["-set_serial", `0x40${crypto.getRandomValues(Buffer.alloc(12)).toString("hex")}`],
      ...[...signer, "-extfile", write(`${extensions.join("\n")}\n`)],
    );
    const [cert, keyText] = [certPath, keyPath].map((path) => readFileSync(path, "utf8"));
    return { cert: cert ?? "", key: keyText ?? "", certPath, keyPath };
  }

  function shorten({ keyPath, key }: Made, name: string, seconds: number): Made {
    const [certPath, request] = [fresh("cert"), fresh("csr")];
    const books = ["[ca]", "default_ca=books", "[books]", `database=${write("")}`];
    const rest = ["default_md=sha256", `new_certs_dir=${folder.path}`, "rand_serial=yes"];
    const policy = ["policy=any", "x509_extensions=own", "[any]", "commonName=supplied", "[own]"];
    const config = write([...books, ...rest, ...policy, ...ROOT, ""].join("\n"));
    openssl("req", "-new", "-key", keyPath, "-subj", `/CN=${name}`, "-out", request);
    const until = new Date(Date.now() + 1000 * seconds)
      .toISOString()
      .replaceAll(/[-:T]|\.\d+/g, "");
    openssl(
      ...["ca", "-batch", "-config", config, "-selfsign", "-notext", "-in", request],
      ...["-keyfile", keyPath, "-out", certPath, "-enddate", until],
    );
    return { cert: readFileSync(certPath, "utf8"), key, certPath, keyPath };
  }

  function revoke(
    issuer: Made,
    extensions: readonly string[] = ["authorityKeyIdentifier=keyid"],
    { revoked = [], seconds = 86_400 }: ListOptions = {},
  ): string {
    const [database, list] = [write(""), fresh("crl")];
    const books = ["[ca]", "default_ca=books", "[books]", `database=${database}`];
    const rest = ["default_md=sha256", `crlnumber=${write("01\n")}`, "crl_extensions=crl"];
    const config = write([...books, ...rest, "[crl]", ...extensions, ""].join("\n"));
    const signer = ["-config", config, "-cert", issuer.certPath, "-keyfile", issuer.keyPath];
    for (const { certPath } of revoked) {
      openssl("ca", ...signer, "-revoke", certPath);
    }
    openssl("ca", ...signer, "-gencrl", "-crlsec", `${seconds}`, "-out", list);
    return readFileSync(list, "utf8");
  }

  return {
    path: folder.path,
    make,
    shorten,
    revoke,
    write,
    [Symbol.dispose]: folder[Symbol.dispose],
  };
}

/** Runs openssl and returns its stdout. Throws when it fails. */
export function openssl(...args: readonly string[]): Buffer {
  const { exitCode, stdout, stderr } = Bun.spawnSync(["openssl", ...args]);
  if (exitCode !== 0) {
    throw new Error(`openssl ${args.join(" ")}: ${stderr}`);
  }
  return stdout;
}
