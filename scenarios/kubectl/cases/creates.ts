import { expect } from "vitest";
import type { KubectlCase } from "../kubectl-case.ts";

interface Creation {
  /** After `kubectl create`. */
  readonly command: string;
  readonly printed: string;
  /** What was stored: a path and the value there. */
  readonly holds: readonly [path: string, value: string];
}

/** Everything that kubectl sends as protobuf. */
const creations: readonly Creation[] = [
  {
    command: "secret generic s --from-literal=a=b",
    printed: "secret/s created",
    holds: ["{.type}{.data}", 'Opaque{"a":"Yg=="}'],
  },
  {
    command: "configmap c --from-literal=a=b",
    printed: "configmap/c created",
    holds: ["{.data}", '{"a":"b"}'],
  },
  {
    command: "deployment d --image=nginx:1 --replicas=2 --port=80",
    printed: "deployment.apps/d created",
    holds: ["{.spec.replicas}{..ports[0].containerPort}{.spec.selector.matchLabels.app}", "280d"],
  },
  {
    command: "job j --image=busybox -- date -u",
    printed: "job.batch/j created",
    holds: ["{..command}{..restartPolicy}", '["date","-u"]Never'],
  },
  {
    command: "cronjob cj --image=busybox --schedule=@daily -- date",
    printed: "cronjob.batch/cj created",
    holds: ["{.spec.schedule}{.spec.concurrencyPolicy}", "@dailyAllow"],
  },
  {
    command: "role r --verb=get,list --resource=pods,deployments.apps",
    printed: "role.rbac.authorization.k8s.io/r created",
    holds: ["{.rules[*].resources}", '["pods"] ["deployments"]'],
  },
  {
    command: "rolebinding rb --clusterrole=view --serviceaccount=default:sa",
    printed: "rolebinding.rbac.authorization.k8s.io/rb created",
    holds: ["{.roleRef.name}{.subjects[0].namespace}", "viewdefault"],
  },
  {
    command: "serviceaccount sa",
    printed: "serviceaccount/sa created",
    holds: ["{.metadata.name}", "sa"],
  },
  {
    command: "quota q --hard=pods=1,limits.cpu=500m",
    printed: "resourcequota/q created",
    holds: ["{.spec.hard}", '{"limits.cpu":"500m","pods":"1"}'],
  },
  {
    command: "service clusterip svc --tcp=80:8080",
    printed: "service/svc created",
    holds: ["{.spec.type}{.spec.ports[0].targetPort}", "ClusterIP8080"],
  },
  {
    command: "service nodeport np --tcp=80",
    printed: "service/np created",
    holds: ["{.spec.type}", "NodePort"],
  },
  {
    command: "ingress i --rule=a.example.com/=svc:80",
    printed: "ingress.networking.k8s.io/i created",
    holds: ["{.spec.rules[0].host}{..pathType}", "a.example.comExact"],
  },
  {
    command: "poddisruptionbudget p --selector=app=d --min-available=1",
    printed: "poddisruptionbudget.policy/p created",
    holds: ["{.spec.minAvailable}", "1"],
  },
];

export const createCases: readonly KubectlCase[] = [
  {
    title: "create makes every kind that kubectl knows, from protobuf",
    run: async (kubectl) => {
      const printed = await Promise.all(
        creations.map(({ command }) => kubectl.ok(`create ${command}`)),
      );
      expect(printed).toEqual(creations.map((each) => each.printed));
      const held = await Promise.all(
        creations.map(({ printed: line, holds }) =>
          kubectl.ok(`get ${line.split(" ")[0]} -o jsonpath=${holds[0]}`),
        ),
      );
      expect(held).toEqual(creations.map(({ holds }) => holds[1]));
    },
  },
  {
    title: "create makes a namespace and what lives outside of namespaces",
    run: async (kubectl) => {
      const name = `${kubectl.namespace}-made`;
      const printed = await Promise.all([
        kubectl.ok(`create namespace ${name}`),
        kubectl.ok(`create clusterrole ${name} --verb=get --resource=nodes`),
        kubectl.ok(`create clusterrolebinding ${name} --clusterrole=view --group=g`),
        kubectl.ok(`create priorityclass ${name} --value=10`),
      ]);
      expect(printed).toEqual([
        `namespace/${name} created`,
        `clusterrole.rbac.authorization.k8s.io/${name} created`,
        `clusterrolebinding.rbac.authorization.k8s.io/${name} created`,
        `priorityclass.scheduling.k8s.io/${name} created`,
      ]);
      expect(await kubectl.refused(`create namespace ${name}`)).toBe(
        `Error from server (AlreadyExists): namespaces "${name}" already exists`,
      );
      // Real namespaces take some seconds to go.
      expect(await kubectl.ok(`delete namespace ${name} --wait=false`)).toBe(
        `namespace "${name}" deleted`,
      );
    },
  },
  {
    title: "autoscale speaks an older version of its kind, and is answered in it",
    run: async (kubectl) => {
      await kubectl.ok("create deployment web --image=web:1");
      expect(await kubectl.ok("autoscale deployment web --min=1 --max=3 --cpu-percent=80")).toBe(
        "horizontalpodautoscaler.autoscaling/web autoscaled",
      );
      expect(
        await kubectl.ok("get hpa.v2.autoscaling web -o jsonpath={.spec.metrics[0].resource}"),
      ).toBe('{"name":"cpu","target":{"averageUtilization":80,"type":"Utilization"}}');
    },
  },
];
