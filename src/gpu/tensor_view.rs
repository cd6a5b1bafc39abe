//! A tensor's memory, where a shader can read it.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use burn::backend::Wgpu;
use burn::cubecl::wgpu::{AutoCompiler, WgpuResource, WgpuServer};
use burn::tensor::{DType, Tensor};

use super::{GpuError, Layout};

/// `[c, h, w]` values of one activation. Cloning is cheap: the values are shared.
#[derive(Clone, Debug)]
pub struct TensorView {
    id: u64,
    shape: [usize; 3],
    layout: Layout,
    home: Home,
}

#[derive(Clone, Debug)]
enum Home {
    Host(Arc<[f32]>),
    Device {
        buffer: wgpu::Buffer,
        /// Where the binding begins, in bytes; a multiple of what the device asks for.
        offset: u64,
        /// Bytes from there to the end of the tensor.
        size: u64,
        /// The tensor and its allocation: while they are held, burn neither hands the memory to another tensor nor
        /// computes in it.
        _kept: Arc<dyn Any + Send + Sync>,
    },
}

/// Where the values are.
#[derive(Clone, Copy, Debug)]
pub enum Memory<'a> {
    /// In a buffer of the device that burn opened.
    Device {
        /// The whole buffer; other tensors live in it too.
        buffer: &'a wgpu::Buffer,
        /// Where the binding begins, in bytes.
        offset: u64,
        /// How long it is, in bytes.
        size: u64,
    },
    /// In the program's memory.
    Host(&'a [f32]),
}

fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Relaxed)
}

impl TensorView {
    /// Values on the host, in row-major order.
    ///
    /// # Panics
    /// When the values do not fill the shape.
    pub fn from_host(shape: [usize; 3], values: Arc<[f32]>) -> Self {
        assert_eq!(shape.iter().product::<usize>(), values.len(), "values must fill the shape");
        Self { id: next_id(), shape, layout: Layout::row_major(shape), home: Home::Host(values) }
    }

    /// A tensor, where it lies.
    ///
    /// On the GPU nothing is copied and nothing is read back: the view holds on to the tensor's buffer, and work that is
    /// still to write it is handed to the queue, so that whatever is drawn afterwards sees it. On the CPU the values
    /// are copied once. Call it on the thread that made the tensor.
    ///
    /// # Shapes
    /// - `tensor`: `[c, h, w]`, of any float type; others than f32 are converted on the device.
    ///
    /// # Errors
    /// When the device was lost or the work that makes the tensor failed.
    pub fn from_tensor(tensor: Tensor<3>) -> Result<Self, GpuError> {
        let shape @ [c, h, w] = tensor.dims();
        let unreachable = |why: String| GpuError::Unreachable { shape, why };
        let tensor = if tensor.dtype() == DType::F32 { tensor } else { tensor.cast(DType::F32) };
        let Ok(mut primitive) = tensor.clone().try_into_primitive::<Wgpu>() else {
            return Self::read_back(tensor);
        };
        if primitive.meta.is_tiled() || primitive.meta.strides().len() != 3 {
            // Some products store their result in tiles. Writing it over a fresh tensor untiles it, on the device.
            let plain = Tensor::<3>::zeros(shape, &tensor.device()).slice_assign([0..c, 0..h, 0..w], tensor);
            primitive = plain.try_into_primitive::<Wgpu>().map_err(|error| unreachable(format!("{error:?}")))?;
        }
        let strides = primitive.meta.strides();
        let strides = [strides[0], strides[1], strides[2]];
        let resource = primitive
            .client
            .get_resource::<WgpuServer<AutoCompiler>>(primitive.handle.clone())
            .map_err(|error| unreachable(format!("{error:?}")))?;
        primitive.client.flush().map_err(|error| unreachable(format!("{error:?}")))?;

        let WgpuResource { buffer, offset: tensor_offset, size: tensor_size, .. } = resource.resource().clone();
        let alignment = primitive.client.properties().memory.alignment.max(4);
        let offset = tensor_offset / alignment * alignment;
        let size = (tensor_offset - offset + tensor_size).next_multiple_of(4);
        let layout = Layout { base: ((tensor_offset - offset) / 4) as usize, strides };
        let home = Home::Device { buffer, offset, size, _kept: Arc::new((primitive, resource)) };
        Ok(Self { id: next_id(), shape, layout, home })
    }

    /// A tensor's values, read back to the host: for a window that draws by another device. Waits until they are made. Call it
    /// on the thread that made the tensor.
    ///
    /// # Shapes
    /// - `tensor`: `[c, h, w]`, of any float type.
    ///
    /// # Errors
    /// When the device was lost or the work that makes the tensor failed.
    pub fn read_back(tensor: Tensor<3>) -> Result<Self, GpuError> {
        let shape = tensor.dims();
        let values: Vec<f32> =
            tensor.try_into_vec_as().map_err(|error| GpuError::Unreachable { shape, why: error.to_string() })?;
        Ok(Self::from_host(shape, values.into()))
    }

    /// Different for every view that was made, equal for clones: tells whether something must be bound anew.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// `[channels, height, width]`.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// Where in [`TensorView::memory`] each value is.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Where the values are.
    pub fn memory(&self) -> Memory<'_> {
        match &self.home {
            Home::Host(values) => Memory::Host(values),
            Home::Device { buffer, offset, size, .. } => Memory::Device { buffer, offset: *offset, size: *size },
        }
    }

    /// The values of all channels at one place, if they are on the host and the place is within.
    pub fn values_at(&self, [y, x]: [usize; 2]) -> Option<Vec<f32>> {
        let [c, h, w] = self.shape;
        if y >= h || x >= w {
            return None;
        }
        (0..c).map(|channel| self.value(channel, y, x)).collect()
    }

    /// One value, if the values are on the host.
    pub fn value(&self, c: usize, y: usize, x: usize) -> Option<f32> {
        match &self.home {
            Home::Host(values) => values.get(self.layout.index(c, y, x)).copied(),
            Home::Device { .. } => None,
        }
    }
}
