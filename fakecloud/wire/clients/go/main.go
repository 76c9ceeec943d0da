// One scripted life with the Go SDK: VPC, instance, load balancers, objects, teardown. Prints one JSON line at the end.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbv2types "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

var ctx = context.Background()

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func failure[T any](_ T, err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return fmt.Sprint(err)
}

func main() {
	config := aws.Config{
		Region:       "eu-west-1",
		BaseEndpoint: aws.String(os.Args[1]),
		Credentials:  credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""),
	}
	cloud := ec2.NewFromConfig(config)
	classic := elb.NewFromConfig(config)
	modern := elbv2.NewFromConfig(config)
	objects := s3.NewFromConfig(config, func(options *s3.Options) { options.UsePathStyle = true })
	parameters := ssm.NewFromConfig(config)

	account := must(sts.NewFromConfig(config).GetCallerIdentity(ctx, nil)).Account
	vpc := must(cloud.CreateVpc(ctx, &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")})).Vpc.VpcId
	gateway := must(cloud.CreateInternetGateway(ctx, nil)).InternetGateway.InternetGatewayId
	must(cloud.AttachInternetGateway(ctx, &ec2.AttachInternetGatewayInput{InternetGatewayId: gateway, VpcId: vpc}))
	subnet := must(cloud.CreateSubnet(ctx, &ec2.CreateSubnetInput{
		VpcId: vpc, CidrBlock: aws.String("10.0.0.0/24"), AvailabilityZone: aws.String("eu-west-1a"),
	})).Subnet.SubnetId
	images := must(cloud.DescribeImages(ctx, &ec2.DescribeImagesInput{Filters: []types.Filter{
		{Name: aws.String("name"), Values: []string{"capa-ami-ubuntu-24.04-?1.34.0-*"}},
		{Name: aws.String("architecture"), Values: []string{"x86_64"}},
	}})).Images
	run := must(cloud.RunInstances(ctx, &ec2.RunInstancesInput{
		ImageId: images[0].ImageId, InstanceType: types.InstanceTypeT3Large, SubnetId: subnet,
		MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		UserData: aws.String(base64.StdEncoding.EncodeToString([]byte("#cloud-config\n"))),
		TagSpecifications: []types.TagSpecification{{
			ResourceType: types.ResourceTypeInstance,
			Tags:         []types.Tag{{Key: aws.String("Name"), Value: aws.String("<n> & ü")}},
		}},
	}))
	instance := *run.Instances[0].InstanceId
	described := &ec2.DescribeInstancesInput{InstanceIds: []string{instance}}
	if err := ec2.NewInstanceRunningWaiter(cloud).Wait(ctx, described, time.Minute); err != nil {
		must(0, err)
	}
	name := *must(cloud.DescribeInstances(ctx, described)).Reservations[0].Instances[0].Tags[0].Value
	must(classic.CreateLoadBalancer(ctx, &elb.CreateLoadBalancerInput{
		LoadBalancerName: aws.String("classic"), Subnets: []string{*subnet},
		Listeners: []elbtypes.Listener{{
			Protocol: aws.String("TCP"), LoadBalancerPort: 6443, InstancePort: aws.Int32(6443),
		}},
	}))
	network := must(modern.CreateLoadBalancer(ctx, &elbv2.CreateLoadBalancerInput{
		Name: aws.String("network"), Type: elbv2types.LoadBalancerTypeEnumNetwork, Subnets: []string{*subnet},
	})).LoadBalancers[0].LoadBalancerArn
	group := must(modern.CreateTargetGroup(ctx, &elbv2.CreateTargetGroupInput{
		Name: aws.String("targets"), Protocol: elbv2types.ProtocolEnumTcp, Port: aws.Int32(6443), VpcId: vpc,
	})).TargetGroups[0].TargetGroupArn
	must(modern.RegisterTargets(ctx, &elbv2.RegisterTargetsInput{
		TargetGroupArn: group, Targets: []elbv2types.TargetDescription{{Id: aws.String(instance)}},
	}))

	bucket := aws.String("go-life")
	must(objects.CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket: bucket,
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{
			LocationConstraint: s3types.BucketLocationConstraintEuWest1,
		},
	}))
	body := bytes.Repeat([]byte("go "), 1000)
	must(objects.PutObject(ctx, &s3.PutObjectInput{
		Bucket: bucket, Key: aws.String("a/ü b"), Body: bytes.NewReader(body), Metadata: map[string]string{"m": "1"},
	}))
	object := must(objects.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("a/ü b")}))
	content := must(io.ReadAll(object.Body))
	signed := must(s3.NewPresignClient(objects).PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket: bucket, Key: aws.String("a/ü b"),
	}))
	missing := failure(objects.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("none")}))
	parameter := aws.String("/go/life")
	must(parameters.PutParameter(ctx, &ssm.PutParameterInput{
		Name: parameter, Value: aws.String("v"), Type: ssmtypes.ParameterTypeSecureString,
	}))
	secret := *must(parameters.GetParameter(ctx, &ssm.GetParameterInput{
		Name: parameter, WithDecryption: aws.Bool(true),
	})).Parameter.Value

	inUse := failure(cloud.DeleteVpc(ctx, &ec2.DeleteVpcInput{VpcId: vpc}))
	must(parameters.DeleteParameter(ctx, &ssm.DeleteParameterInput{Name: parameter}))
	must(objects.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: aws.String("a/ü b")}))
	must(objects.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: bucket}))
	must(classic.DeleteLoadBalancer(ctx, &elb.DeleteLoadBalancerInput{LoadBalancerName: aws.String("classic")}))
	must(modern.DeleteLoadBalancer(ctx, &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: network}))
	must(modern.DeleteTargetGroup(ctx, &elbv2.DeleteTargetGroupInput{TargetGroupArn: group}))
	must(cloud.TerminateInstances(ctx, &ec2.TerminateInstancesInput{InstanceIds: []string{instance}}))
	if err := ec2.NewInstanceTerminatedWaiter(cloud).Wait(ctx, described, time.Minute); err != nil {
		must(0, err)
	}
	must(cloud.DetachInternetGateway(ctx, &ec2.DetachInternetGatewayInput{InternetGatewayId: gateway, VpcId: vpc}))
	must(cloud.DeleteInternetGateway(ctx, &ec2.DeleteInternetGatewayInput{InternetGatewayId: gateway}))
	must(cloud.DeleteSubnet(ctx, &ec2.DeleteSubnetInput{SubnetId: subnet}))
	must(cloud.DeleteVpc(ctx, &ec2.DeleteVpcInput{VpcId: vpc}))
	gone := failure(cloud.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{VpcIds: []string{*vpc}}))
	answer := map[string]any{
		"account": account, "name": name, "secret": secret, "content": len(content),
		"presigned": len(signed.URL) > 0, "failures": []string{inUse, missing, gone},
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		must(0, err)
	}
}
