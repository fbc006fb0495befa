package main

import (
	"context"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// The service over gRPC. Its messages are those that protobuf has for a string of bytes, so that nothing is generated.
type overGRPC struct{ plugin.NetRPCUnsupportedPlugin }

func (overGRPC) GRPCServer(_ *plugin.GRPCBroker, server *grpc.Server) error {
	server.RegisterService(&description, struct{}{})
	return nil
}

func (overGRPC) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, connection *grpc.ClientConn) (any, error) {
	return grpcClient{connection}, nil
}

const name = "dorcas.benches.Service"

// What protoc would make of `rpc Echo(BytesValue) returns (BytesValue)`, and the same for Hash.
var description = grpc.ServiceDesc{
	ServiceName: name,
	HandlerType: (*any)(nil),
	Methods:     []grpc.MethodDesc{method("Echo", echo), method("Hash", hash)},
}

func method(method string, work work) grpc.MethodDesc {
	handler := func(_ any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
		var message wrapperspb.BytesValue
		if err := decode(&message); err != nil {
			return nil, err
		}
		handle := func(_ context.Context, message any) (any, error) {
			return wrapperspb.Bytes(work(message.(*wrapperspb.BytesValue).Value)), nil
		}
		if intercept == nil {
			return handle(ctx, &message)
		}
		return intercept(ctx, &message, &grpc.UnaryServerInfo{FullMethod: "/" + name + "/" + method}, handle)
	}
	return grpc.MethodDesc{MethodName: method, Handler: handler}
}

type grpcClient struct{ connection *grpc.ClientConn }

func (c grpcClient) call(method string, message []byte) ([]byte, error) {
	var reply wrapperspb.BytesValue
	err := c.connection.Invoke(context.Background(), "/"+name+"/"+method, wrapperspb.Bytes(message), &reply)
	return reply.Value, err
}

func (c grpcClient) Echo(message []byte) ([]byte, error) { return c.call("Echo", message) }
func (c grpcClient) Hash(message []byte) ([]byte, error) { return c.call("Hash", message) }
