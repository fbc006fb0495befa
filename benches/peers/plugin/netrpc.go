package main

import (
	"net/rpc"

	"github.com/hashicorp/go-plugin"
)

// The service over Go's net/rpc, whose encoding is gob.
type overNetRPC struct{}

func (overNetRPC) Server(*plugin.MuxBroker) (any, error) {
	return &rpcServer{}, nil
}

func (overNetRPC) Client(_ *plugin.MuxBroker, client *rpc.Client) (any, error) {
	return rpcClient{client}, nil
}

type rpcServer struct{}

func (*rpcServer) Echo(message []byte, reply *[]byte) error {
	*reply = echo(message)
	return nil
}

func (*rpcServer) Hash(message []byte, reply *[]byte) error {
	*reply = hash(message)
	return nil
}

type rpcClient struct{ client *rpc.Client }

func (c rpcClient) Echo(message []byte) (reply []byte, err error) {
	err = c.client.Call("Plugin.Echo", message, &reply)
	return reply, err
}

func (c rpcClient) Hash(message []byte) (reply []byte, err error) {
	err = c.client.Call("Plugin.Hash", message, &reply)
	return reply, err
}
