import type {
  Action,
  FixedResponseActionConfig,
  RedirectActionConfig,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Elbv2Region } from "./elbv2-region.ts";
import { elbv2Error, invalid } from "./errors.ts";
import type { Balancer, ListenerAction } from "./records.ts";
import { layerOf } from "./target-groups.ts";

/** When several errors apply, the first of these wins: action, protocol, VPC, association. */
export function actionOf(
  elb: Elbv2Region,
  balancer: Balancer,
  wanted: { readonly protocol: string; readonly actions: readonly Action[] },
): ListenerAction {
  const [action, ...more] = wanted.actions;
  if (action === undefined || more.length > 0) throw unsupported(action);
  if (action.Type === "redirect" || action.Type === "fixed-response") {
    return ownAnswer(balancer, action);
  }
  return { targetGroupArn: targetOf(elb, balancer, { protocol: wanted.protocol, action }) };
}

function unsupported(action: Action | undefined) {
  const said = action?.Type ?? "";
  return invalid(
    `Seatrial's listeners forward to one target group, redirect or answer, not '${said}'`,
  );
}

/** Only application load balancers answer by themselves. */
function ownAnswer(balancer: Balancer, action: Action): ListenerAction {
  if (balancer.type !== "application") {
    throw elbv2Error("InvalidLoadBalancerAction", `${action.Type} is not supported`);
  }
  return action.Type === "redirect"
    ? { answer: { Type: "redirect", RedirectConfig: redirectOf(action.RedirectConfig) } }
    : {
        answer: {
          Type: "fixed-response",
          FixedResponseConfig: fixedOf(action.FixedResponseConfig),
        },
      };
}

/** What is not said stays as it was asked for. */
const asAsked = {
  Protocol: "#{protocol}",
  Host: "#{host}",
  Port: "#{port}",
  Path: "/#{path}",
  Query: "#{query}",
};

function redirectOf(config: RedirectActionConfig | undefined): RedirectActionConfig {
  const redirect = { ...asAsked, ...config };
  const { StatusCode: status } = redirect;
  if (status !== "HTTP_301" && status !== "HTTP_302") {
    throw invalid("A redirect must have the status code HTTP_301 or HTTP_302");
  }
  const members = ["Protocol", "Host", "Port", "Path"] as const;
  if (members.some((member) => redirect[member] !== asAsked[member])) {
    return { ...redirect, StatusCode: status };
  }
  throw elbv2Error("InvalidLoadBalancerAction", "The redirect configuration creates a loop");
}

function fixedOf(config: FixedResponseActionConfig | undefined): FixedResponseActionConfig {
  const { StatusCode = "", MessageBody, ContentType } = config ?? {};
  if (!/^[245]\d\d$/.test(StatusCode)) {
    throw invalid("The status code of a fixed response must be 2XX, 4XX or 5XX");
  }
  return {
    StatusCode,
    ...(MessageBody === undefined ? {} : { MessageBody }),
    ...(ContentType === undefined ? {} : { ContentType }),
  };
}

function targetOf(
  elb: Elbv2Region,
  balancer: Balancer,
  { protocol, action }: { readonly protocol: string; readonly action: Action },
): string {
  const groups = action.ForwardConfig?.TargetGroups ?? [];
  if (action.Type !== "forward" || groups.length > 1) throw unsupported(action);
  const group = elb.requireTargetGroup(action.TargetGroupArn ?? groups[0]?.TargetGroupArn);
  if (layerOf(group.protocol) !== balancer.type) {
    const why = `Listener protocol '${protocol}' is not supported with a target group with protocol '${group.protocol}'`;
    throw elbv2Error("IncompatibleProtocols", why);
  }
  if (group.vpcId !== balancer.network.vpcId) {
    const why = `Target group '${group.arn}' and load balancer '${balancer.arn}' are in different VPCs`;
    throw elbv2Error("InvalidConfigurationRequest", why);
  }
  const other = elb.balancerOf(group);
  if (other === undefined || other === balancer) return group.arn;
  throw elbv2Error("TargetGroupAssociationLimit", group.arn);
}

export function actionToWire({ targetGroupArn, answer }: ListenerAction): Action {
  if (answer !== undefined) return { ...answer, Order: 1 };
  return {
    Type: "forward",
    TargetGroupArn: targetGroupArn,
    ForwardConfig: {
      TargetGroups: [{ TargetGroupArn: targetGroupArn, Weight: 1 }],
      TargetGroupStickinessConfig: { Enabled: false },
    },
  };
}
