import { expect, test } from "vitest";
import { formatCorefile, parseCorefile } from "./corefile.ts";
import { migrateCorefile, migrationProblem } from "./migrate-corefile.ts";

/** What kubeadm of today installs. */
const today = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;

/** Every release of CoreDNS that a Kubernetes from 1.29 on brings along. */
const current = ["1.11.1", "1.11.3", "1.12.0", "1.12.1", "1.13.1", "1.14.2", "1.14.6"];

test("between the releases of supported Kubernetes versions nothing changes, not even a comment", () => {
  const own = `# Ours.\n${today}`;
  for (const [index, from] of current.entries()) {
    for (const to of current.slice(index)) expect(migrateCorefile(own, from, to)).toBe(own);
  }
});

test("a Corefile from Kubernetes 1.16 gets the defaults of later releases and loses what they no longer know", () => {
  const old = `.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        endpoint https://a https://b # the second one was never asked
        pods insecure
        upstream
        resyncperiod 5m
        transfer to 10.0.0.2 10.0.0.3
        fallthrough in-addr.arpa ip6.arpa
    }
    forward . /etc/resolv.conf
    cache 30
}
example.org {
    forward . 10.1.1.1 {
        max_concurrent 5
    }
}
`;
  expect(migrateCorefile(old, "1.6.2", "1.12.1")).toBe(`.:53 {
    errors
    health {
        lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        endpoint https://a
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
    }
    forward . /etc/resolv.conf {
        max_concurrent 1000
    }
    cache 30
    transfer cluster.local {
        to 10.0.0.2 10.0.0.3
    }
}

example.org {
    forward . 10.1.1.1 {
        max_concurrent 5
    }
}
`);
});

test.for<[string, string, string, readonly string[], readonly string[]]>([
  ["1.6.4", "1.6.5", "health", [], ["lameduck 5s"]],
  ["1.6.5", "1.6.9", "health", [], []],
  ["1.6.4", "1.6.5", "health", ["lameduck 1s"], ["lameduck 1s"]],
  ["1.6.9", "1.7.0", "forward .", [], ["max_concurrent 1000"]],
  ["1.7.0", "1.7.1", "forward .", [], []],
  ["1.7.1", "1.8.0", "kubernetes", ["transfer to x"], []],
  ["1.8.0", "1.8.3", "kubernetes", ["upstream"], []],
])("from %s to %s the plugin %s has %j and then %j", ([from, to, plugin, before, after]) => {
  const file = (options: readonly string[]) =>
    formatCorefile(parseCorefile(`. {\n${plugin} {\n${options.join("\n")}\n}\n}\n`));
  expect(formatCorefile(parseCorefile(migrateCorefile(file(before), from, to)))).toBe(file(after));
});

test("a release that is not known, or older than the present one, is told in upstream's words", () => {
  expect(migrationProblem("1.11.2", "1.12.0")).toBe("start version '1.11.2' not supported");
  expect(migrationProblem("1.11.1", "1.15.0")).toBe("cannot migrate up to '1.15.0' from '1.11.1'");
  expect(migrationProblem("1.12.0", "1.11.1")).toBe("cannot migrate up to '1.11.1' from '1.12.0'");
  expect(migrationProblem("1.11.1", "1.14.6")).toBeUndefined();
});

test.for([
  ["braces in one line", `.:53 { cache 30 { prefetch 2 } loop }`],
  ["quoted words", `.:53 {\n    log . "{remote} # {type}"\n}`],
  ["several zones", `a.org b.org:1053 {\n    whoami\n}`],
  ["comments", `.:53 { # all\n    # nothing\n    loop\n}`],
])("%s are read, and what is written is read as the same", ([, text]) => {
  const parsed = parseCorefile(text!);
  expect(parsed.servers[0]?.plugins.length).toBeGreaterThan(0);
  expect(parseCorefile(formatCorefile(parsed))).toEqual(parsed);
});
