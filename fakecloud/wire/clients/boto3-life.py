"""One scripted life with boto3: VPC, instance, load balancers, teardown. Prints one JSON line at the end."""
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

url = sys.argv[1]
options = dict(
    endpoint_url=url,
    region_name="eu-west-1",
    aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
    aws_secret_access_key="secret",
    config=Config(retries={"max_attempts": 1}),
)
ec2 = boto3.client("ec2", **options)
elb = boto3.client("elb", **options)
elbv2 = boto3.client("elbv2", **options)
sts = boto3.client("sts", **options)
iam = boto3.client("iam", **options)
secrets = boto3.client("secretsmanager", **options)


def failure(call):
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


account = sts.get_caller_identity()["Account"]
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
ec2.get_waiter("vpc_available").wait(VpcIds=[vpc])
ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone="eu-west-1a")["Subnet"]["SubnetId"]
tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
ec2.create_route(RouteTableId=tables[0]["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
ec2.authorize_security_group_ingress(
    GroupId=group,
    IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
)
images = ec2.describe_images(Filters=[{"Name": "name", "Values": ["capa-ami-ubuntu-24.04-?1.34.0-*"]}])["Images"]
image = next(one for one in images if one["Architecture"] == "x86_64")
run = ec2.run_instances(
    ImageId=image["ImageId"],
    InstanceType="t3.large",
    MinCount=1,
    MaxCount=1,
    SubnetId=subnet,
    SecurityGroupIds=[group],
    UserData="#cloud-config\n",
    TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "<n> & \u00fc"}]}],
)
instance = run["Instances"][0]["InstanceId"]
ec2.get_waiter("instance_running").wait(InstanceIds=[instance])
pages = list(ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5}))
name = pages[0]["Reservations"][0]["Instances"][0]["Tags"][0]["Value"]
balancer = elb.create_load_balancer(
    LoadBalancerName="classic",
    Listeners=[{"Protocol": "TCP", "LoadBalancerPort": 6443, "InstancePort": 6443}],
    Subnets=[subnet],
)["DNSName"]
elb.register_instances_with_load_balancer(LoadBalancerName="classic", Instances=[{"InstanceId": instance}])
network = elbv2.create_load_balancer(Name="network", Type="network", Subnets=[subnet])["LoadBalancers"][0]
elbv2.get_waiter("load_balancer_available").wait(LoadBalancerArns=[network["LoadBalancerArn"]])
targets = elbv2.create_target_group(Name="targets", Protocol="TCP", Port=6443, VpcId=vpc)["TargetGroups"][0]
elbv2.create_listener(
    LoadBalancerArn=network["LoadBalancerArn"],
    Protocol="TCP",
    Port=6443,
    DefaultActions=[{"Type": "forward", "TargetGroupArn": targets["TargetGroupArn"]}],
)
elbv2.register_targets(TargetGroupArn=targets["TargetGroupArn"], Targets=[{"Id": instance}])
health = elbv2.describe_target_health(TargetGroupArn=targets["TargetGroupArn"])["TargetHealthDescriptions"]
secrets.create_secret(Name="s", SecretBinary=b"\x00\xff")
value = secrets.get_secret_value(SecretId="s")["SecretBinary"]
secrets.delete_secret(SecretId="s", ForceDeleteWithoutRecovery=True)
role = failure(lambda: iam.get_role(RoleName="nobody"))
in_use = failure(lambda: ec2.delete_vpc(VpcId=vpc))
dry_run = failure(lambda: ec2.create_vpc(CidrBlock="10.0.0.0/16", DryRun=True))
elb.delete_load_balancer(LoadBalancerName="classic")
elbv2.delete_load_balancer(LoadBalancerArn=network["LoadBalancerArn"])
elbv2.delete_target_group(TargetGroupArn=targets["TargetGroupArn"])
ec2.terminate_instances(InstanceIds=[instance])
ec2.get_waiter("instance_terminated").wait(InstanceIds=[instance])
ec2.delete_security_group(GroupId=group)
ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
ec2.delete_internet_gateway(InternetGatewayId=gateway)
ec2.delete_subnet(SubnetId=subnet)
ec2.delete_vpc(VpcId=vpc)
gone = failure(lambda: ec2.describe_vpcs(VpcIds=[vpc]))
print(
    json.dumps(
        {
            "account": account,
            "name": name,
            "classic": balancer.startswith("classic-"),
            "health": health[0]["TargetHealth"]["State"],
            "secret": list(value),
            "failures": [role, in_use, dry_run, gone],
        }
    )
)
